#include "superpose/paper/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

namespace superpose::paper {
namespace {

/// The columns of the table. Its lines have 99 characters, with two spaces between columns.
struct Column {
  std::string_view title;
  std::size_t width;
};
constexpr std::array<Column, 5> kColumns{
    {{"claim", 40}, {"expected", 24}, {"measured", 8}, {"", 13}, {"seeds", 6}}};

/// The text of each column, for one claim.
using ClaimCells = std::array<std::string, kColumns.size()>;

/// Breaks a text into lines of at most `width` characters, at spaces where there are any.
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

/// One claim as lines of the table. Its longest cell decides how many.
std::string render(const ClaimCells& texts) {
  std::array<std::vector<std::string_view>, kColumns.size()> cells;
  std::size_t height = 0;
  for (std::size_t c = 0; c < texts.size(); ++c) {
    cells[c] = wrap(texts[c], kColumns[c].width);
    height = std::max(height, cells[c].size());
  }
  std::string text;
  for (std::size_t line = 0; line < height; ++line) {
    std::string out;
    for (std::size_t c = 0; c < texts.size(); ++c) {
      out += fmt::format("{:<{}}  ", line < cells[c].size() ? cells[c][line] : "", kColumns[c].width);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + "\n";
  }
  return text;
}

}  // namespace

std::string measured_text(const Claim& claim) {
  if (!std::isfinite(claim.measured)) return std::string(claim.without_number);
  const std::string number = fmt::format("{:.3g}", claim.measured);
  return claim.spread
             ? fmt::format("{} ({:.3g} to {:.3g})", number, claim.spread->lowest, claim.spread->highest)
             : number;
}

std::string to_json(const Claims& claims) {
  auto list = nlohmann::ordered_json::array();
  for (const Claim& claim : claims) {
    list.push_back({{"claim", claim.claim},
                    {"expected", claim.expected()},
                    {"measured", claim.measured},  // JSON has no number for it where it is not finite: null
                    {"holds", claim.holds()},
                    {"seeds", claim.seeds}});
    if (claim.spread) list.back()["spread"] = {claim.spread->lowest, claim.spread->highest};
  }
  return list.dump(2) + "\n";
}

std::optional<Claims> claims_from_json(std::string_view json) {
  try {
    const auto list = nlohmann::json::parse(json);
    if (!list.is_array()) return std::nullopt;
    Claims claims;
    for (const auto& claim : list) {
      claims.push_back({.claim = claim.at("claim"),
                        .criterion = decided(claim.at("expected").get<std::string>(), claim.at("holds")),
                        .measured = claim.at("measured"),
                        .seeds = claim.at("seeds")});
      if (claim.contains("spread"))
        claims.back().spread = Spread{.lowest = claim["spread"].at(0), .highest = claim["spread"].at(1)};
    }
    return claims;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::string to_table(const Claims& claims) {
  if (claims.empty()) return "";
  ClaimCells titles;
  for (std::size_t c = 0; c < titles.size(); ++c) titles[c] = kColumns[c].title;
  std::string table = render(titles);
  for (const Claim& claim : claims) {
    table += render({claim.claim, claim.expected(), measured_text(claim),
                     claim.holds() ? "holds" : "DOES NOT HOLD", fmt::format("{}", claim.seeds)});
  }
  return table;
}

}  // namespace superpose::paper
