#include "superpose/study/study.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/study/fields.h"
#include "superpose/study/study_document.h"

namespace superpose::study {
namespace {

constexpr std::string_view kSection = "study";
constexpr std::int64_t kMaxSeed = std::numeric_limits<std::uint32_t>::max();

std::string_view name_of_kind(const StudyKind& kind) {
  return std::visit([](const auto& of_kind) { return of_kind.kName; }, kind);
}

/// One study of every kind, with its defaults, in the order of StudyKind.
template <std::size_t... index>
std::vector<StudyKind> make_every_kind(std::index_sequence<index...>) {
  return {StudyKind(std::in_place_index<index>)...};
}
const std::vector<StudyKind>& every_kind() {
  static const auto kinds = make_every_kind(std::make_index_sequence<std::variant_size_v<StudyKind>>());
  return kinds;
}

std::vector<Field> fields_of(StudyKind& kind) {
  return std::visit([](auto& of_kind) { return fields(of_kind); }, kind);
}

/// Puts a value of the file into a field.
class FieldReader {
 public:
  FieldReader(const TomlValue& value, const Field& field) : value_(value), field_(field) {}

  void operator()(std::int64_t* number) const {
    *number = value_.whole_number(field_.whole.least, field_.whole.most);
  }
  void operator()(double* number) const { *number = value_.number(field_.numbers); }
  void operator()(const Choice& choice) const {
    const auto& names = choice.names;
    const auto found = value_.is_string() ? std::ranges::find(names, value_.text()) : names.end();
    if (found == names.end()) value_.refuse_choice(names);
    choice.choose(static_cast<std::size_t>(found - names.begin()));
  }
  template <class Number>
  void operator()(std::vector<Number>* numbers) const {
    const auto elements = value_.elements();
    if (elements.empty() || elements.size() > kMostElements)
      value_.refuse(fmt::format("an array of 1 to {} numbers", kMostElements));
    numbers->clear();
    for (const TomlValue& element : elements) FieldReader(element, field_)(&numbers->emplace_back());
  }

 private:
  static constexpr std::size_t kMostElements = 1000;

  const TomlValue& value_;
  const Field& field_;
};

void read_fields(const TomlValue& section, StudyKind& kind) {
  for (const Field& field : fields_of(kind)) {
    if (const auto value = section.find(field.key)) std::visit(FieldReader(*value, field), field.value);
  }
}

/// Writes a field's value as TOML.
struct FieldWriter {
  std::string operator()(const std::int64_t* number) const { return fmt::to_string(*number); }
  std::string operator()(const double* number) const { return toml_float(*number); }
  std::string operator()(const Choice& choice) const { return toml_string(choice.names[choice.chosen]); }
  template <class Number>
  std::string operator()(const std::vector<Number>* numbers) const {
    std::vector<std::string> elements;
    elements.reserve(numbers->size());
    for (const Number& number : *numbers) elements.push_back((*this)(&number));
    return fmt::format("[{}]", fmt::join(elements, ", "));
  }
};

TomlValue read_section(const TomlDocument& document) {
  const toml::node* node = document.table.get(kSection);
  if (!node)
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = document.file},
                          .expected = fmt::format("a [{}]", kSection),
                          .got = "none"});
  TomlValue section(*node, std::string(kSection), "", document.file, &document.set);
  if (!section.is_table()) section.refuse("a table");
  return section;
}

StudyKind read_kind(const TomlValue& section) {
  std::vector<std::string_view> names;
  for (const StudyKind& kind : every_kind()) names.push_back(name_of_kind(kind));
  const auto value = section.find("kind");
  if (!value) section.refuse_missing("kind", fmt::format("one of {}", fmt::join(names, ", ")));
  const auto found = value->is_string() ? std::ranges::find(names, value->text()) : names.end();
  if (found == names.end()) value->refuse_choice(names);
  return every_kind()[static_cast<std::size_t>(found - names.begin())];
}

}  // namespace

Study parse_study(const ExperimentSource& source) {
  return parse_study(TomlDocument{.table = parse_toml(source.text, source.file), .file = source.file},
                     source);
}

Study parse_study(TomlDocument document, const ExperimentSource& source) {
  // The kind first: it says which other keys there are.
  constexpr std::array kKindKey = {Key{kSection, "kind"}};
  for (const std::string& override : source.overrides) {
    if (names_key(override, kKindKey)) apply_override(document, override, kKindKey);
  }
  Study study{.kind = read_kind(read_section(document))};
  const std::vector<Key> keys = keys_of(study);
  for (const std::string& override : source.overrides) {
    if (!names_key(override, kKindKey)) apply_override(document, override, keys);
  }
  refuse_unknown_keys(document, keys);

  const TomlValue section = read_section(document);
  const TomlValue top(document.table, "", "", document.file, &document.set);
  if (const auto value = top.find("name")) study.name = value->text();
  if (const auto value = section.find("seed"))
    study.seed = static_cast<std::uint32_t>(value->whole_number(0, kMaxSeed));
  read_fields(section, study.kind);
  std::visit([&](const auto& of_kind) { check(of_kind, section, source.memory_limit); }, study.kind);
  return study;
}

std::string to_toml(const Study& study) {
  std::string text = fmt::format("name = {}\n\n[{}]\nkind = \"{}\"\nseed = {}\n", toml_string(study.name),
                                 kSection, kind_name(study), study.seed);
  StudyKind kind = study.kind;  // fields point into it
  for (const Field& field : fields_of(kind)) {
    text += fmt::format("{} = {}\n", field.key, std::visit(FieldWriter(), field.value));
  }
  return text;
}

std::string_view kind_name(const Study& study) {
  return name_of_kind(study.kind);
}

std::vector<Key> keys_of(const Study& study) {
  StudyKind kind = study.kind;  // fields point into it
  std::vector<Key> keys = {{"", "name"}, {kSection, "kind"}, {kSection, "seed"}};
  for (const Field& field : fields_of(kind)) keys.push_back({kSection, field.key});
  return keys;
}

}  // namespace superpose::study
