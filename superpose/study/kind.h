#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "superpose/core/stop.h"

// A kind of study is one pair of files, KIND.h and KIND.cpp, and one row in kinds.h. The pair provides, for a
// kind K:
//
//   struct K                   a member for each key of the file, with its default
//   K::kName                   what files call the kind
//   K::Result                  what it measures
//   measure(K, seed, options)  measures. Returns nothing when stopped
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

/// How to measure. The result depends on neither member.
struct MeasureOptions {
  int threads = 0;  ///< 0: one for each hardware thread
  StopToken stop{};
};

}  // namespace superpose::study
