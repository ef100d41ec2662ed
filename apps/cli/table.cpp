#include "apps/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace superpose::cli {

std::string format_number(double number, int digits) {
  return std::isfinite(number) ? fmt::format("{:.{}g}", number, digits) : std::string(kNotFinite);
}

std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < header.size(); ++column) {
    std::size_t width = header[column].size();
    for (const auto& row : rows) width = std::max(width, row[column].size());
    widths.push_back(width);
  }

  std::string text;
  const auto append = [&](const std::vector<std::string>& row) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      text += fmt::format("{}{:>{}}", column == 0 ? "" : "  ", row[column], widths[column]);
    }
    text += '\n';
  };
  append(header);
  for (const auto& row : rows) append(row);
  return text;
}

}  // namespace superpose::cli
