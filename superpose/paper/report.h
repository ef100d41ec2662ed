#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "superpose/paper/claims.h"

namespace superpose::paper {

/// One experiment of a report. Paths are relative to the page.
struct ReportEntry {
  std::string name;
  std::string summary;
  std::string directory;             ///< its run directory, "intro"
  std::vector<std::string> figures;  ///< kinds: DIRECTORY/figures/KIND.{svg,pdf,png,html} are there
  Claims claims;
  std::vector<std::string> notes{};  ///< what is said beside the claims, a sentence or two each
  double seconds = 0;                ///< that it took, claims and figures included
};

/// A page to read and to send, without scripts: every experiment with its figures, its claims with what was
/// expected and measured, how long it took, and the file to run it again. version: of superpose. entries: in
/// order.
std::string report_page(const std::vector<ReportEntry>& entries, std::string_view version);

}  // namespace superpose::paper
