#pragma once

#include <cstdint>

namespace superpose {

/// One decision about a set of features, drawn anew for every sample (data/feature_distribution.h). Decisions
/// are taken in order. Each switches some slots on or off, and the decisions and features below a slot depend
/// on it. Slot 0 is always on.
struct SetDecision {
  enum class Rule : std::uint32_t {
    kSwitch,  ///< its only slot is on when (word >> 1) <= last_active
    kOne,     ///< of its slots, number floor(word * members / 2^32) is on
    kSome,    ///< `count` of its slots are on: slot j if floor(word_j * (members - j) / 2^32) is below the
              ///< number of those still to come, each choice equally likely to 2^-32
  };
  Rule rule = Rule::kSwitch;
  std::uint32_t parent = 0;   ///< a slot; while it is off, this decision's slots are off
  std::uint32_t first = 0;    ///< the decision's first slot
  std::uint32_t members = 1;  ///< how many there are
  std::uint32_t count = 1;
  std::int32_t last_active = 0;
  /// The first word of the counter, in the place of a feature's number. With kSome, slot j adds j.
  std::uint32_t word = 0;
};

}  // namespace superpose
