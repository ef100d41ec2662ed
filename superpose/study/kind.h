#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/core/stop.h"

// A kind of study is one pair of files, KIND.h and KIND.cpp, and one row in kinds.h. The pair provides, for a
// kind K:
//
//   struct K                   a member for each key of the file, with its default
//   K::kName                   what files call the kind
//   K::Result                  what it measures
//   measure(K, seed, options, result)  measures what options.done does not say is in the result already.
//                              Returns false when stopped
//   fields(K&)                 the keys, in the order in which they are written
//   tensors(K, K::Result&)     the tensors of measurements.safetensors
//   check(K, section, limit)   refuses what the keys have wrong only together. Errors: InvalidRequest
//
// Its claims are in paper/KIND.cpp, its figure is in figures/KIND_figure.cpp.

namespace superpose {
class TomlValue;
}  // namespace superpose

namespace superpose::study {

struct Field;   // fields.h
struct Tensor;  // fields.h

/// How to measure. What a task measures depends on no member.
struct MeasureOptions {
  int threads = 0;  ///< 0: one for each hardware thread
  StopToken stop{};
  /// Which of the tasks of a measurement, counted in its order, were done before. Empty: none.
  std::vector<std::uint8_t> done{};
  /// Called with the tasks that are done after each of them, while nobody changes the result, and when the
  /// measurement was stopped. Must not throw.
  std::function<void(std::span<const std::uint8_t> done, bool stopped)> save{};
};

/// Measures a kind from the beginning. returns: nothing when stopped.
template <class Kind>
std::optional<typename Kind::Result> measure(const Kind& study, std::uint32_t seed,
                                             const MeasureOptions& options) {
  typename Kind::Result result;
  if (!measure(study, seed, options, result)) return std::nullopt;
  return result;
}

}  // namespace superpose::study
