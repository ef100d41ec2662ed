#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace superpose::paper {

/// A claim of the paper, measured.
struct Claim {
  std::string claim;       ///< what the paper says, one sentence
  std::string expected;    ///< the criterion, as text: "at least 0.5 of the seeds"
  double measured = 0;     ///< what was found, in the unit that `expected` names
  bool holds = false;      ///< whether measured meets expected: computed
  std::int64_t seeds = 0;  ///< trained models that the measurement rests on, an instance each
};

/// The list as JSON, an array of {claim, expected, measured, holds, seeds}, indented, a newline at the end.
std::string to_json(const std::vector<Claim>& claims);

/// The same as a table for people, a row a claim.
std::string to_table(const std::vector<Claim>& claims);

}  // namespace superpose::paper
