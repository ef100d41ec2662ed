#pragma once

#include <string>
#include <vector>

#include "superpose/data/feature_distribution.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {

/// Reads `sets`, an array of sets of features: { correlated = MEMBERS }, { anticorrelated = MEMBERS } or {
/// exactly = COUNT, of = MEMBERS }. MEMBERS is an array of feature numbers and further sets, or "all". A set
/// inside another may have a `probability`. Errors: InvalidRequest at the wrong value.
std::vector<FeatureSet> read_sets(const TomlValue& value, std::int64_t n_features);

/// The sets as TOML, on one line.
std::string sets_text(const std::vector<FeatureSet>& sets);

}  // namespace superpose
