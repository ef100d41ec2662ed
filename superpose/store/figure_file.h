#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/drawing/figure.h"

namespace superpose::store {

/// The formats that a figure can be written in. The suffix of a file names its format.
enum class FileFormat { kSvg, kPdf, kPng, kHtml };

/// The format of a file by its suffix, in small letters or capitals. Callers ask it before they build a
/// figure, so that a wrong suffix is refused early. Errors: InvalidRequest that lists all suffixes, or when a
/// directory has that name.
FileFormat check_format(const std::filesystem::path& file);

/// How files are written.
struct FileOptions {
  double dpi = 144;       ///< pixels an inch, of a png
  bool outlines = false;  ///< letters of an svg are shapes
};

/// The figure as the bytes of a file.
std::vector<std::byte> render(const drawing::Figure& figure, FileFormat format,
                              const FileOptions& options = {});

/// Draws the figure into a file, in the format of its suffix. The file is written whole or not at all.
/// Errors: as check_format; Error when the file cannot be written.
void render(const drawing::Figure& figure, const std::filesystem::path& file,
            const FileOptions& options = {});

}  // namespace superpose::store
