#include "superpose/experiment/experiment_sets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string_view>

namespace superpose {
namespace {

constexpr std::string_view kForms =
    "{ correlated = [...] }, { anticorrelated = [...] } or { exactly = COUNT, of = [...] }";

/// The keys of a set, in whichever form.
constexpr std::string_view kSetKeys[] = {"correlated", "anticorrelated", "exactly", "of", "probability"};

constexpr NumberRange kProbability = {.low = static_cast<double>(kLeastProbability),
                                      .low_included = true,
                                      .high = 1,
                                      .high_included = true,
                                      .description = "a number from 1e-06 to 1"};

FeatureSet leaf(std::int64_t feature) {
  return {.rule = FeatureSet::Rule::kFeature, .feature = feature};
}

class SetReader {
 public:
  explicit SetReader(std::int64_t n_features) : taken_(static_cast<std::size_t>(n_features)) {}

  FeatureSet set(const TomlValue& value, bool outermost) {
    if (!value.is_table()) value.refuse(kForms);
    value.refuse_unknown_keys(kSetKeys);
    FeatureSet result;
    std::size_t known = 1;
    std::optional<TomlValue> members = value.find("correlated");
    result.rule = FeatureSet::Rule::kCorrelated;
    if (!members) {
      members = value.find("anticorrelated");
      result.rule = FeatureSet::Rule::kAnticorrelated;
    }
    const auto count = members ? std::nullopt : value.find("exactly");
    if (count) {
      members = value.find("of");
      result.rule = FeatureSet::Rule::kExactly;
      ++known;
    }
    if (!members) value.refuse(kForms);
    if (const auto probability = value.find("probability")) {
      if (outermost) probability->fail("an outermost set has the feature_probability of its features");
      result.probability = probability->number(kProbability);
      ++known;
    }
    if (value.table().size() != known) value.refuse(kForms);
    result.members = read_members(*members);
    if (count) result.count = count->whole_number(1, static_cast<std::int64_t>(result.members.size()));
    return result;
  }

 private:
  std::vector<FeatureSet> read_members(const TomlValue& value) {
    const auto n = static_cast<std::int64_t>(taken_.size());
    std::vector<FeatureSet> members;
    if (value.is_string() && value.text() == "all") {
      for (std::int64_t f = 0; f < n; ++f) members.push_back(take(value, f));
      return members;
    }
    if (!value.is_array()) value.refuse("an array of features and sets, or \"all\"");
    for (const TomlValue& element : value.elements()) {
      members.push_back(element.is_table() ? set(element, false)
                                           : take(element, element.whole_number(0, n - 1)));
    }
    if (members.empty()) value.refuse("an array of features and sets", "an empty one");
    return members;
  }

  FeatureSet take(const TomlValue& value, std::int64_t feature) {
    const auto f = static_cast<std::size_t>(feature);
    if (taken_[f]) value.refuse("a feature in one set only", fmt::format("{} again", feature));
    taken_[f] = true;
    return leaf(feature);
  }

  std::vector<bool> taken_;
};

std::string text_of(const FeatureSet& set) {
  if (set.rule == FeatureSet::Rule::kFeature) return fmt::to_string(set.feature);
  std::vector<std::string> members;
  members.reserve(set.members.size());
  for (const FeatureSet& member : set.members) members.push_back(text_of(member));
  const std::string list = fmt::format("[{}]", fmt::join(members, ", "));
  const std::string probability =
      set.probability < 1 ? fmt::format(", probability = {}", toml_float(set.probability)) : "";
  switch (set.rule) {
    case FeatureSet::Rule::kCorrelated:
      return fmt::format("{{ correlated = {}{} }}", list, probability);
    case FeatureSet::Rule::kAnticorrelated:
      return fmt::format("{{ anticorrelated = {}{} }}", list, probability);
    default:
      return fmt::format("{{ exactly = {}, of = {}{} }}", set.count, list, probability);
  }
}

}  // namespace

std::vector<FeatureSet> read_sets(const TomlValue& value, std::int64_t n_features) {
  SetReader reader(n_features);
  std::vector<FeatureSet> sets;
  for (const TomlValue& element : value.elements()) sets.push_back(reader.set(element, true));
  return sets;
}

std::string sets_text(const std::vector<FeatureSet>& sets) {
  std::vector<std::string> texts;
  texts.reserve(sets.size());
  for (const FeatureSet& set : sets) texts.push_back(text_of(set));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace superpose
