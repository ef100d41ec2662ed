#include "superpose/figures/set_colors.h"

#include <array>

namespace superpose::figures {
namespace {

constexpr std::array kSetColors = {drawing::Color{0, 114, 178},  drawing::Color{230, 159, 0},
                                   drawing::Color{0, 158, 115},  drawing::Color{204, 121, 167},
                                   drawing::Color{86, 180, 233}, drawing::Color{213, 94, 0}};
constexpr drawing::Color kNoSet{110, 110, 110};

void mark_features(const FeatureSet& set, std::size_t number, std::vector<std::size_t>& set_of) {
  if (set.rule == FeatureSet::Rule::kFeature) set_of[static_cast<std::size_t>(set.feature)] = number;
  for (const FeatureSet& member : set.members) mark_features(member, number, set_of);
}

}  // namespace

std::vector<std::size_t> sets_of(const run::Run& run) {
  std::vector<std::size_t> set_of(run.model.shape().features());
  const auto& sets = run.experiment.data.distribution.sets;
  for (std::size_t i = 0; i < sets.size(); ++i) mark_features(sets[i], i + 1, set_of);
  return set_of;
}

drawing::Color set_color(std::size_t set) {
  return set == 0 ? kNoSet : kSetColors[(set - 1) % kSetColors.size()];
}

}  // namespace superpose::figures
