#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/paper/criterion.h"

namespace superpose::paper {

/// The range of a number over models that are each the best of many restarts.
struct Spread {
  double lowest, highest;
};

/// Why a claim may have no number: a model has diverged, or models that have not show nothing of what the
/// number is about.
inline constexpr std::string_view kDiverged = "not finite", kNothingToMeasure = "nothing to measure";

/// A claim of the paper, measured. Whether it holds is computed, never assigned.
struct Claim {
  std::string claim;       ///< what the paper says, one sentence
  Criterion criterion;     ///< what the claim asks of the measured number
  double measured;         ///< in the unit that the criterion names; NaN where there is none
  std::int64_t seeds = 0;  ///< trained models that the measurement rests on
  /// The spread of the numbers that `measured` is the median of. Nothing where there is only one.
  std::optional<Spread> spread{};
  std::string_view without_number = kDiverged;  ///< why `measured` is NaN, where it is

  [[nodiscard]] std::string expected() const { return criterion.text(); }
  [[nodiscard]] bool holds() const { return criterion.is_met_by(measured); }
};

/// The claims of an entry. An empty list means that none of them is about the experiment that the user's
/// overrides left. (A measurement that was stopped is std::nullopt instead.)
using Claims = std::vector<Claim>;

/// The measured number as text: "0.986", "0.986 (0.981 to 0.99)" with its spread, or "not finite".
std::string measured_text(const Claim& claim);

/// The claims as JSON: an indented array of {claim, expected, measured, holds, seeds} that ends in a newline.
/// measured is null where it is not finite. A claim with a spread also has "spread": [lowest, highest].
std::string to_json(const Claims& claims);

/// Reads what to_json wrote. returns: nothing where it is something else, or a claim has no number.
std::optional<Claims> claims_from_json(std::string_view json);

/// The claims as a table for people, a row a claim.
std::string to_table(const Claims& claims);

}  // namespace superpose::paper
