#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::store {

/// The files that a figure can become, by suffix.
enum class FileFormat { kSvg, kPdf, kPng, kHtml };

/// The format that a file's suffix names, in small letters or capitals. To be asked before a figure is built.
/// Errors: InvalidRequest that lists the suffixes there are.
FileFormat check_format(const std::filesystem::path& file);

/// The figure as a file's bytes.
std::vector<std::byte> render(const drawing::Figure& figure, FileFormat format);

/// Draws the figure into a file, in the format of its suffix, whole or not at all.
/// Errors: as check_format; Error when the file cannot be written.
void render(const drawing::Figure& figure, const std::filesystem::path& file);

}  // namespace superpose::store
