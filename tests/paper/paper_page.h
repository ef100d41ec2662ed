#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "superpose/paper/claims.h"

// docs/paper.md lists the claims of every entry. tests/docs holds it against the tables of docs/findings.md,
// which are measured, so that the list is whole.
namespace superpose::paper {

/// A sentence without its numbers: those are measured, or depend on the sizes of an experiment.
inline std::string without_numbers(std::string sentence) {
  std::erase_if(sentence, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return sentence;
}

/// A row of a table of claims.
struct ClaimOnPage {
  std::string claim;      ///< its sentence, or the beginning of it
  std::string criterion;  ///< likewise
  std::vector<std::string> entries, figures;

  [[nodiscard]] bool is_about(const Claim& one) const {
    return without_numbers(one.claim).starts_with(without_numbers(claim));
  }
};

/// The cells of a row of a Markdown table, or the items of a cell.
inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    const auto first = part.find_first_not_of(' '), last = part.find_last_not_of(' ');
    parts.push_back(first == std::string::npos ? "" : part.substr(first, last - first + 1));
  }
  return parts;
}

/// Every row of every table whose header begins with "claim".
inline std::vector<ClaimOnPage> claims_on_page() {
  std::ifstream page(SUPERPOSE_PAPER_PAGE);
  if (!page) throw std::runtime_error("cannot read " SUPERPOSE_PAPER_PAGE);
  std::vector<ClaimOnPage> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    const bool is_header = line.starts_with("| claim |");
    inside = is_header || (inside && line.starts_with("|"));
    if (!inside || is_header || line.starts_with("|---")) continue;
    const auto cells = split(line, '|');  // the first is empty: it is before the first line
    if (cells.size() != 7) throw std::runtime_error("expected six cells: " + line);
    rows.push_back({.claim = cells[1],
                    .criterion = cells[2],
                    .entries = split(cells[4], ','),
                    .figures = split(cells[5], ',')});
  }
  return rows;
}

}  // namespace superpose::paper
