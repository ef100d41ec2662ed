#pragma once

#include <stdexcept>
#include <vector>

#include "superpose/study/results.h"

namespace superpose::study {

/// Studies that take milliseconds.
inline std::vector<Study> small_studies() {
  return {
      {.name = "a",
       .seed = 3,
       .kind = JohnsonLindenstrauss{.n_points = 12, .n_dimensions = {20, 5}, .eps = {0.9, 0.5}, .trials = 3}},
      {.name = "b",
       .seed = 3,
       .kind = AlmostOrthogonal{.eps = {0.5, 0.7},
                                .drawn_dimensions = {4, 6, 8},
                                .most_drawn = 40,
                                .patience = 20,
                                .trials = 2,
                                .spread_dimensions = {3, 4},
                                .most_spread = 12,
                                .restarts = 1,
                                .steps = 10,
                                .curve_dimensions = 3,
                                .curve_vectors = {4, 9}}},
      {.name = "c",
       .seed = 3,
       .kind = CompressedSensing{.n = 20,
                                 .grid = 4,
                                 .trials = 5,
                                 .n_features = {6, 9},
                                 .n_hidden = {2, 3},
                                 .feature_probability = {0.5, 0.1},
                                 .steps = 5}}};
}

inline StudyResult measured(const Study& study, int threads) {
  const auto result = measure(study, {.threads = threads});
  if (!result) throw std::runtime_error("stopped");
  return *result;
}

}  // namespace superpose::study
