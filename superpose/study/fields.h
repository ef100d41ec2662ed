#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "superpose/experiment/toml_reader.h"
#include "superpose/study/study.h"

/// The keys of each kind of study, said once for those who read, write and list them. Internal to study.cpp.
namespace superpose::study {

struct WholeRange {
  std::int64_t least = 1, most = 1;
};

inline constexpr NumberRange kAnyEps = {.low = 0.1,
                                        .low_included = true,
                                        .high = 1,
                                        .high_included = false,
                                        .description = "a number of at least 0.1 and below 1"};
inline constexpr NumberRange kShare = {.low = 0,
                                       .low_included = false,
                                       .high = 1,
                                       .high_included = true,
                                       .description = "a number above 0 and at most 1"};
inline constexpr NumberRange kSparse = {.low = 1e-6,
                                        .low_included = true,
                                        .high = 1,
                                        .high_included = false,
                                        .description = "a number of at least 1e-06 and below 1"};
inline constexpr NumberRange kLearningRate = {.low = 0,
                                              .low_included = true,
                                              .high = std::numeric_limits<double>::infinity(),
                                              .high_included = false,
                                              .description = "a finite number of at least 0"};

// visit(key, field, range): once for every key, in the order in which they are written. What all keys
// together need in memory is checked in study.cpp.

void visit_fields(JohnsonLindenstrauss& study, auto&& visit) {
  visit("n_points", study.n_points, WholeRange{2, 1000});
  visit("n_dimensions", study.n_dimensions, WholeRange{1, 20000});
  visit("eps", study.eps, kAnyEps);
  visit("trials", study.trials, WholeRange{1, 10000});
}

void visit_fields(AlmostOrthogonal& study, auto&& visit) {
  visit("eps", study.eps, kAnyEps);
  visit("drawn_dimensions", study.drawn_dimensions, WholeRange{2, 1000});
  visit("most_drawn", study.most_drawn, WholeRange{2, 100000});
  visit("patience", study.patience, WholeRange{1, 1000000});
  visit("trials", study.trials, WholeRange{1, 10000});
  visit("spread_dimensions", study.spread_dimensions, WholeRange{2, 1000});
  visit("most_spread", study.most_spread, WholeRange{2, 5000});
  visit("restarts", study.restarts, WholeRange{1, 10000});
  visit("steps", study.steps, WholeRange{1, 100000});
  visit("curve_dimensions", study.curve_dimensions, WholeRange{2, 1000});
  visit("curve_vectors", study.curve_vectors, WholeRange{2, 5000});
}

void visit_fields(CompressedSensing& study, auto&& visit) {
  visit("n", study.n, WholeRange{2, 2000});
  visit("grid", study.grid, WholeRange{2, 200});
  visit("most_k_over_m", study.most_k_over_m, kShare);
  visit("trials", study.trials, WholeRange{1, 10000});
  visit("values", study.values, SparseValues::kNormal);
  visit("n_features", study.n_features, WholeRange{2, 5000});
  visit("n_hidden", study.n_hidden, WholeRange{1, 1000});
  visit("feature_probability", study.feature_probability, kSparse);
  visit("steps", study.steps, WholeRange{1, 10000000});
  visit("lr", study.lr, kLearningRate);
}

}  // namespace superpose::study
