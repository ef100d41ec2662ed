#include "superpose/paper/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

namespace superpose::paper {
namespace {

/// The columns of the table: 99 characters, two spaces between columns included.
struct Column {
  std::string_view title;
  std::size_t width;
};
constexpr std::array<Column, 5> kColumns{
    {{"claim", 40}, {"expected", 24}, {"measured", 8}, {"", 13}, {"seeds", 6}}};

using Row = std::array<std::string, kColumns.size()>;

/// The text in lines of at most `width` characters, broken at spaces where it has any.
std::vector<std::string_view> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string_view> lines;
  while (text.size() > width) {
    const std::size_t space = text.rfind(' ', width);
    const bool breaks = space != std::string_view::npos && space > 0;
    lines.push_back(text.substr(0, breaks ? space : width));
    text.remove_prefix(breaks ? space + 1 : width);
  }
  lines.push_back(text);
  return lines;
}

/// A row of the table, as many lines as its longest cell needs.
std::string render(const Row& row) {
  std::array<std::vector<std::string_view>, kColumns.size()> cells;
  std::size_t height = 0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    cells[c] = wrap(row[c], kColumns[c].width);
    height = std::max(height, cells[c].size());
  }
  std::string text;
  for (std::size_t line = 0; line < height; ++line) {
    std::string out;
    for (std::size_t c = 0; c < row.size(); ++c) {
      out += fmt::format("{:<{}}  ", line < cells[c].size() ? cells[c][line] : "", kColumns[c].width);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + "\n";
  }
  return text;
}

}  // namespace

std::string to_json(const std::vector<Claim>& claims) {
  auto list = nlohmann::ordered_json::array();
  for (const Claim& claim : claims) {
    list.push_back({{"claim", claim.claim},
                    {"expected", claim.expected},
                    {"measured", claim.measured},
                    {"holds", claim.holds},
                    {"seeds", claim.seeds}});
  }
  return list.dump(2) + "\n";
}

std::string to_table(const std::vector<Claim>& claims) {
  if (claims.empty()) return "";
  Row titles;
  for (std::size_t c = 0; c < titles.size(); ++c) titles[c] = kColumns[c].title;
  std::string table = render(titles);
  for (const Claim& claim : claims) {
    table += render({claim.claim, claim.expected, fmt::format("{:.3g}", claim.measured),
                     claim.holds ? "holds" : "DOES NOT HOLD", fmt::format("{}", claim.seeds)});
  }
  return table;
}

}  // namespace superpose::paper
