#include "superpose/study/study.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "superpose/core/error.h"
#include "superpose/core/named_values.h"
#include "superpose/core/threads.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/memory.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/study/fields.h"
#include "superpose/study/results.h"

namespace superpose::study {
namespace {

constexpr std::string_view kSection = "study";
constexpr std::int64_t kMaxSeed = std::numeric_limits<std::uint32_t>::max();

/// The kinds' names, in the order of StudyKind.
constexpr std::array<std::string_view, std::variant_size_v<StudyKind>> kKinds = {
    "johnson_lindenstrauss", "almost_orthogonal", "compressed_sensing"};

constexpr std::array<NamedValue<SparseValues>, 2> kValues = {
    {{"normal", SparseValues::kNormal}, {"uniform", SparseValues::kUniform}}};

/// A study of that kind with its defaults, if there is one.
template <std::size_t index = 0>
std::optional<StudyKind> find_kind(std::string_view name) {
  if constexpr (index < kKinds.size()) {
    if (kKinds[index] == name) return StudyKind(std::in_place_index<index>);
    return find_kind<index + 1>(name);
  } else {
    return std::nullopt;
  }
}

/// Every key that a file of this kind may have.
std::vector<Key> keys_of(StudyKind kind) {
  std::vector<Key> keys = {{"", "name"}, {kSection, "kind"}, {kSection, "seed"}};
  const auto add = [&](std::string_view key, auto&, const auto&) { keys.push_back({kSection, key}); };
  std::visit([&](auto& of_kind) { visit_fields(of_kind, add); }, kind);
  return keys;
}

/// Puts what a table says into the fields.
class FieldReader {
 public:
  explicit FieldReader(const TomlValue& section) : section_(section) {}

  void operator()(std::string_view key, std::int64_t& field, const WholeRange& range) const {
    if (const auto value = section_.find(key)) field = value->whole_number(range.least, range.most);
  }
  void operator()(std::string_view key, double& field, const NumberRange& range) const {
    if (const auto value = section_.find(key)) field = value->number(range);
  }
  void operator()(std::string_view key, SparseValues& field, SparseValues) const {
    const auto value = section_.find(key);
    if (!value) return;
    const std::span<const NamedValue<SparseValues>> names(kValues);
    const auto found = value->is_string() ? find_named(names, value->text()) : std::nullopt;
    if (!found) value->refuse("one of " + names_of(names));
    field = *found;
  }
  template <class T>
  void operator()(std::string_view key, std::vector<T>& field, const auto& range) const {
    const auto value = section_.find(key);
    if (!value) return;
    const auto elements = value->elements();
    if (elements.empty() || elements.size() > kMostElements)
      value->refuse(fmt::format("an array of 1 to {} numbers", kMostElements));
    field.clear();
    for (const TomlValue& element : elements) {
      if constexpr (std::is_same_v<T, double>) {
        field.push_back(element.number(range));
      } else {
        field.push_back(element.whole_number(range.least, range.most));
      }
    }
  }

 private:
  static constexpr std::size_t kMostElements = 1000;

  const TomlValue& section_;
};

/// Appends a line for every field.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& text) : text_(text) {}

  void operator()(std::string_view key, const auto& field, const auto&) const {
    text_ += fmt::format("{} = {}\n", key, written(field));
  }

 private:
  static std::string written(std::int64_t field) { return fmt::to_string(field); }
  static std::string written(double field) { return toml_float(field); }
  static std::string written(SparseValues field) {
    return toml_string(name_of(std::span<const NamedValue<SparseValues>>(kValues), field));
  }
  template <class T>
  static std::string written(const std::vector<T>& field) {
    std::vector<std::string> elements;
    elements.reserve(field.size());
    for (const T element : field) elements.push_back(written(element));
    return fmt::format("[{}]", fmt::join(elements, ", "));
  }

  std::string& text_;
};

// What no key alone can have wrong.
double size(auto count) {
  return static_cast<double>(count);
}

void refuse_what_does_not_fit(const TomlValue& section, double needed, std::optional<double> memory_limit) {
  if (!memory_limit || needed <= *memory_limit) return;
  section.refuse(fmt::format("a study that fits in the {} of memory that this process may use",
                             describe_bytes(*memory_limit)),
                 fmt::format("one that needs {}", describe_bytes(needed)));
}

/// The results; and of each thread the points, and for every eps the distances of all pairs.
void check(const TomlValue& section, const JohnsonLindenstrauss& study, std::optional<double> memory_limit) {
  const double n = size(study.n_points), n_eps = size(study.eps.size()), pairs = n * (n - 1) / 2;
  const double results = size(study.n_dimensions.size()) * size(study.trials) * n_eps *
                         (JohnsonLindenstraussResult::kLevels + 1) * sizeof(float);
  const double trial =
      (n * size(std::ranges::max(study.n_dimensions)) + pairs * (n_eps + 2)) * sizeof(double);
  refuse_what_does_not_fit(section, results + hardware_threads() * trial, memory_limit);
}

/// The same: of each thread the vectors that were drawn, and the cosines of those that spread out.
void check(const TomlValue& section, const AlmostOrthogonal& study, std::optional<double> memory_limit) {
  const double results = size(study.trials) * (size(study.eps.size()) * size(study.drawn_dimensions.size()) *
                                                   sizeof(std::int64_t) +
                                               size(study.curve_vectors.size()) * sizeof(float));
  const double vectors = size(study.most_drawn) * size(std::ranges::max(study.drawn_dimensions));
  const double spread = size(std::max(study.most_spread, std::ranges::max(study.curve_vectors)));
  refuse_what_does_not_fit(
      section, results + hardware_threads() * (vectors + 2 * spread * spread) * sizeof(double), memory_limit);
}

void check(const TomlValue& section, const CompressedSensing& study, std::optional<double> memory_limit) {
  const auto hidden = section.find("n_hidden");
  const TomlValue& sizes = hidden ? *hidden : section;
  if (study.n_features.size() != study.n_hidden.size()) {
    sizes.refuse(fmt::format("one for each of the {} n_features", study.n_features.size()),
                 fmt::to_string(study.n_hidden.size()));
  }
  for (std::size_t i = 0; memory_limit && i < study.n_hidden.size(); ++i) {
    const double needed = training_bytes(toy_experiment(study, i, /*seed=*/0));
    if (needed <= *memory_limit) continue;
    sizes.refuse(fmt::format("toy models that fit in the {} of memory that this process may use",
                             describe_bytes(*memory_limit)),
                 fmt::format("ones of {} features in {} dimensions, which need {}", study.n_features[i],
                             study.n_hidden[i], describe_bytes(needed)));
  }
}

TomlValue read_section(const toml::table& document, std::string_view file) {
  const toml::node* node = document.get(kSection);
  if (!node)
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = std::string(file)},
                          .expected = fmt::format("a [{}]", kSection),
                          .got = "none"});
  TomlValue section(*node, fmt::format("[{}]", kSection), file);
  if (!section.is_table()) section.refuse("a table");
  return section;
}

StudyKind read_kind(const TomlValue& section) {
  const std::string expected = fmt::format("one of {}", fmt::join(kKinds, ", "));
  const auto value = section.find("kind");
  if (!value) section.refuse_missing("kind", expected);
  const auto kind = value->is_string() ? find_kind(value->text()) : std::nullopt;
  if (!kind) value->refuse(expected);
  return *kind;
}

}  // namespace

bool is_study(std::string_view text, std::string_view file) {
  return parse_toml(text, file).contains(kSection);
}

Study parse_study(const ExperimentSource& source) {
  toml::table document = parse_toml(source.text, source.file);
  // The kind first: it says which other keys there are.
  constexpr std::array kKindKey = {Key{kSection, "kind"}};
  for (const std::string& override : source.overrides) {
    if (names_key(override, kKindKey)) apply_override(document, override, kKindKey);
  }
  Study study{.kind = read_kind(read_section(document, source.file))};
  const std::vector<Key> keys = keys_of(study.kind);
  for (const std::string& override : source.overrides) {
    if (!names_key(override, kKindKey)) apply_override(document, override, keys);
  }
  refuse_unknown_keys(document, source.file, keys);

  const TomlValue section = read_section(document, source.file);
  if (const auto value = TomlValue(document, "", source.file).find("name")) study.name = value->text();
  if (const auto value = section.find("seed"))
    study.seed = static_cast<std::uint32_t>(value->whole_number(0, kMaxSeed));
  std::visit(
      [&](auto& of_kind) {
        visit_fields(of_kind, FieldReader(section));
        check(section, of_kind, source.memory_limit);
      },
      study.kind);
  return study;
}

std::string to_toml(const Study& study) {
  std::string text = fmt::format("name = {}\n\n[{}]\nkind = \"{}\"\nseed = {}\n", toml_string(study.name),
                                 kSection, kind_name(study), study.seed);
  std::visit([&](auto of_kind) { visit_fields(of_kind, FieldWriter(text)); }, study.kind);
  return text;
}

std::string_view kind_name(const Study& study) {
  return kKinds[study.kind.index()];
}

bool names_key_of(const Study& study, std::string_view key_and_value) {
  return names_key(key_and_value, keys_of(study.kind));
}

}  // namespace superpose::study
