#include "superpose/figures/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "superpose/core/ascii.h"
#include "superpose/core/error.h"
#include "superpose/core/named_values.h"
#include "superpose/experiment/files.h"
#include "superpose/figures/cairo_renderer.h"
#include "superpose/figures/html.h"
#include "superpose/figures/plotly_script.h"

namespace superpose::figures {
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
  if (const auto format = find_named(suffixes, suffix)) return *format;
  throw InvalidRequest(fmt::format("{}: expected a file name that ends in {}, got {}", file.string(),
                                   names_of(suffixes), suffix.empty() ? "no suffix" : suffix));
}

std::vector<std::byte> render(const Figure& figure, FileFormat format) {
  switch (format) {
    case FileFormat::kSvg:
      return render_svg(figure);
    case FileFormat::kPdf:
      return render_pdf(figure);
    case FileFormat::kPng:
      return render_png(figure);
    case FileFormat::kHtml:
      break;
  }
  const std::string page = html_page(figure, plotly_script());
  const auto bytes = std::as_bytes(std::span(page));
  return {bytes.begin(), bytes.end()};
}

void render(const Figure& figure, const std::filesystem::path& file) {
  const FileFormat format = check_format(file);
  write_whole(file, render(figure, format));
}

}  // namespace superpose::figures
