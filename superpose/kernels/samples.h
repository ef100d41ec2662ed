#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "superpose/core/set_decision.h"

/// Where a member's samples come from: the back end draws them, or they are given.
namespace superpose::kernels {

/// Samples that a back end draws itself. data/feature_distribution.h specifies them, number by number. The
/// arrays must outlive the session.
struct DrawnSamples {
  std::uint32_t instance = 0;                 ///< its number in the random numbers' counters
  const std::int32_t* last_active = nullptr;  ///< (n_features), see IndependentFeatures
  const float* scale = nullptr;               ///< (n_features), see IndependentFeatures
  float gap_scale = 0;                        ///< see IndependentFeatures; 0: every feature has a word
  bool signed_values = false;                 ///< see IndependentFeatures
  std::span<const SetDecision> decisions{};   ///< of sets of features; empty where all are independent
  std::size_t n_slots = 1;                    ///< slots that decisions switch, with slot 0
  /// (n_features): the slot that must be on for a feature to be active; null where all are independent.
  const std::uint32_t* slot = nullptr;
};

/// One batch of samples that are given.
struct GivenSamples {
  const float* x = nullptr;  ///< (batch_size, stride): a sample's features lie next to each other, finite
  const float* target = nullptr;  ///< t of those samples, in the same layout; null unless Target::kGiven
  std::size_t stride = 0;         ///< floats from a sample to the next
};

}  // namespace superpose::kernels
