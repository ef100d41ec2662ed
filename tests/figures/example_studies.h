#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "superpose/study/results.h"

namespace superpose::figures {

/// Every map is off by as much.
inline study::JohnsonLindenstraussResult maps(const study::JohnsonLindenstrauss& study, float distortion) {
  study::JohnsonLindenstraussResult result;
  for (std::size_t e = 0; e < study.eps.size(); ++e) result.k.push_back(100 << e);
  const auto cells = study.n_dimensions.size() * static_cast<std::size_t>(study.trials) * study.eps.size();
  result.distortion.assign(cells * 3, distortion);
  result.share_beyond.assign(cells, 0);
  return result;
}

/// Every count is the same.
inline study::AlmostOrthogonalResult packing(const study::AlmostOrthogonal& study, std::int64_t count) {
  const auto trials = static_cast<std::size_t>(study.trials);
  study::AlmostOrthogonalResult result;
  result.drawn.assign(trials * study.eps.size() * study.drawn_dimensions.size(), count);
  result.spread.assign(study.eps.size() * study.spread_dimensions.size(), count);
  result.curve_drawn.assign(trials * study.curve_vectors.size(), 0.9F);
  result.curve_spread.assign(study.curve_vectors.size(), 0.4F);
  result.known_coherence.assign(5, 0.5F);
  return result;
}

/// Sparse vectors are recovered where 2 k is at most m.
inline study::CompressedSensingResult sensing(const study::CompressedSensing& study) {
  study::CompressedSensingResult result;
  for (std::int64_t m = 1; m <= study.grid; ++m) {
    result.m.push_back(m * study.n / study.grid);
    for (std::int64_t k = 1; k <= study.grid; ++k) {
      result.k.push_back(std::max<std::int64_t>(1, result.m.back() * k / study.grid));
      result.recovered.push_back(2 * k <= m ? 1.0F : 0.0F);
    }
  }
  result.dimensions_per_feature.assign(study.n_features.size() * study.feature_probability.size(), 0.25F);
  result.represented.assign(result.dimensions_per_feature.size(), 4);
  result.loss.assign(result.dimensions_per_feature.size(), 0.01F);
  return result;
}

/// Studies as they come and at their smallest, each with a result.
inline std::vector<study::StudyRun> example_studies() {
  std::vector<study::StudyRun> runs;
  const auto add = [&](const auto& study, const auto& result) {
    runs.push_back({.study = {.name = "example", .kind = study}, .result = result});
  };
  for (const study::JohnsonLindenstrauss& study :
       {study::JohnsonLindenstrauss{},
        study::JohnsonLindenstrauss{.n_dimensions = {3}, .eps = {0.5}, .trials = 1}})
    add(study, maps(study, 0.2F));
  for (const study::AlmostOrthogonal& study :
       {study::AlmostOrthogonal{},
        study::AlmostOrthogonal{.eps = {0.1},
                                .drawn_dimensions = {2},
                                .most_drawn = 2,
                                .trials = 1,
                                .spread_dimensions = {2},
                                .most_spread = 2,
                                .curve_vectors = {2}},
        study::AlmostOrthogonal{.eps = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}}})
    add(study, packing(study, 2));
  for (const study::CompressedSensing& study :
       {study::CompressedSensing{.grid = 9}, study::CompressedSensing{.n = 2,
                                                                      .grid = 2,
                                                                      .most_k_over_m = 0.01,
                                                                      .n_features = {2},
                                                                      .n_hidden = {1},
                                                                      .feature_probability = {1e-6}}})
    add(study, sensing(study));
  return runs;
}

}  // namespace superpose::figures
