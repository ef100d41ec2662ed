#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "superpose/paper/criterion.h"

namespace superpose::paper {

/// How far a number differs between models that are each the best of many restarts.
struct Spread {
  double lowest, highest;
};

/// A claim of the paper, measured. Whether it holds is computed, never assigned.
struct Claim {
  std::string claim;       ///< what the paper says, one sentence
  Criterion criterion;     ///< what it asks of the measured number
  double measured;         ///< in the unit that the criterion names; NaN where a model has diverged
  std::int64_t seeds = 0;  ///< trained models that the measurement rests on, an instance each
  std::optional<Spread>
      spread{};  ///< of the numbers that `measured` is the median of, where there are several

  [[nodiscard]] std::string expected() const { return criterion.text(); }
  [[nodiscard]] bool holds() const { return criterion.is_met_by(measured); }
};

/// No claims: those of the entry do not apply to what the user made of its experiment. (A measurement that
/// was stopped is std::nullopt.)
using Claims = std::vector<Claim>;

/// The measured number as people read it: "0.986", "0.986 (0.981 to 0.99)" with its spread, or "not finite".
std::string measured_text(const Claim& claim);

/// The list as JSON, an array of {claim, expected, measured, holds, seeds}, indented, a newline at the end.
/// measured is null where it is not finite; "spread": [lowest, highest] follows where there is one.
std::string to_json(const Claims& claims);

/// The list as a table for people, a row a claim.
std::string to_table(const Claims& claims);

}  // namespace superpose::paper
