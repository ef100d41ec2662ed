#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "superpose/paper/claims.h"

namespace superpose::paper {

/// One entry of a report. Paths are relative to the page.
struct ReportEntry {
  std::string name;
  std::string summary;
  std::string directory;             ///< its run directory, "intro"
  std::vector<std::string> figures;  ///< kinds, drawn as DIRECTORY/figures/KIND.{svg,pdf,png,html}
  Claims claims;
  std::vector<std::string> notes{};  ///< one or two sentences each, true by arithmetic
  double seconds = 0;                ///< the time it took, with claims and figures
};

/// A page without scripts, to read and to send. It shows each entry with its figures, its claims (expected
/// and measured), the time it took, and a link to the file that runs it again. version: superpose's. entries:
/// in the page's order.
std::string report_page(const std::vector<ReportEntry>& entries, std::string_view version);

}  // namespace superpose::paper
