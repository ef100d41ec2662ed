#include "superpose/store/figure_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "superpose/core/ascii.h"
#include "superpose/core/error.h"
#include "superpose/core/named_values.h"
#include "superpose/drawing/cairo/renderer.h"
#include "superpose/drawing/web/html.h"
#include "superpose/drawing/web/plotly_script.h"
#include "superpose/store/files.h"

namespace superpose::store {
namespace {

constexpr std::array<NamedValue<FileFormat>, 4> kSuffixes = {{{".svg", FileFormat::kSvg},
                                                              {".pdf", FileFormat::kPdf},
                                                              {".png", FileFormat::kPng},
                                                              {".html", FileFormat::kHtml}}};

}  // namespace

FileFormat check_format(const std::filesystem::path& file) {
  std::string suffix = file.extension().string();
  std::ranges::transform(suffix, suffix.begin(), ascii_lower);
  const std::span<const NamedValue<FileFormat>> suffixes(kSuffixes);
  const Place place{.kind = Place::Kind::kFile, .name = file.string()};
  const auto format = find_named(suffixes, suffix);
  if (!format)
    throw InvalidRequest({.place = place,
                          .expected = fmt::format("a file name that ends in {}", names_of(suffixes)),
                          .got = suffix.empty() ? "no suffix" : suffix});
  if (std::error_code ignored; std::filesystem::is_directory(file, ignored))
    throw InvalidRequest({.place = place, .expected = "a file", .got = "a directory"});
  return *format;
}

std::vector<std::byte> render(const drawing::Figure& figure, FileFormat format, const FileOptions& options) {
  switch (format) {
    case FileFormat::kSvg:
      return drawing::render_svg(figure,
                                 options.outlines ? drawing::SvgText::kOutlines : drawing::SvgText::kText);
    case FileFormat::kPdf:
      return drawing::render_pdf(figure);
    case FileFormat::kPng:
      return drawing::render_png(figure, options.dpi / 72);
    case FileFormat::kHtml:
      break;
  }
  const std::string page = drawing::html_page(figure, drawing::plotly_script());
  const auto bytes = std::as_bytes(std::span(page));
  return {bytes.begin(), bytes.end()};
}

void render(const drawing::Figure& figure, const std::filesystem::path& file, const FileOptions& options) {
  const FileFormat format = check_format(file);
  write_whole(file, render(figure, format, options));
}

}  // namespace superpose::store
