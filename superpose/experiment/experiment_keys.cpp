#include "superpose/experiment/experiment_keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/experiment/suggestion.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {
namespace {

constexpr std::array kKeys = {
    Key{"", "name"},
    Key{"model", "kind"},
    Key{"model", "n_features"},
    Key{"model", "n_hidden"},
    Key{"model", "n_instances"},
    Key{"model", "init"},
    Key{"data", "feature_probability"},
    Key{"data", "importance"},
    Key{"data", "values"},
    Key{"data", "sets"},
    Key{"train", "steps"},
    Key{"train", "batch_size"},
    Key{"train", "lr"},
    Key{"train", "schedule"},
    Key{"train", "optimizer"},
    Key{"train", "betas"},
    Key{"train", "eps"},
    Key{"train", "momentum"},
    Key{"train", "weight_decay"},
    Key{"train", "seed"},
    Key{"train", "restarts"},
    Key{"record", "every"},
    Key{"record", "parameters"},
    Key{"record", "all_restarts"},
};

using Keys = std::span<const Key>;

/// The tables that the keys are in, in order.
std::vector<std::string_view> sections(Keys keys) {
  std::vector<std::string_view> names;
  for (const Key& key : keys) {
    if (!key.section.empty() && std::ranges::find(names, key.section) == names.end())
      names.push_back(key.section);
  }
  return names;
}

std::vector<std::string_view> keys_of(std::string_view section, Keys keys) {
  std::vector<std::string_view> names;
  for (const Key& key : keys) {
    if (key.section == section) names.push_back(key.name);
  }
  return names;
}

std::optional<Key> find_key(std::string_view name, Keys keys) {
  for (const Key& key : keys) {
    if (key.name == name) return key;
  }
  return std::nullopt;
}

std::string dotted(const Key& key) {
  return key.section.empty() ? std::string(key.name) : fmt::format("{}.{}", key.section, key.name);
}

/// What Superpose calls a key of other tools; empty for other words.
std::string_view other_word(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"sparsity", "feature_probability = 1 - sparsity"},
      {"S", "feature_probability = 1 - S"},
      {"learning_rate", "lr"},
      {"n_batch", "batch_size"},
  };
  const auto* const found =
      std::ranges::find(kWords, name, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kWords) ? std::string_view() : found->second;
}

/// What was probably meant by a key that `section` does not have.
std::string hint(std::string_view section, std::string_view name, Keys keys) {
  if (const auto elsewhere = find_key(name, keys)) {
    return elsewhere->section.empty() ? "it belongs at the top, above the tables"
                                      : fmt::format("it belongs in [{}]", elsewhere->section);
  }
  if (const auto word = other_word(name); !word.empty()) return fmt::format("here it is `{}`", word);
  const auto known = keys_of(section, keys);
  if (const auto meant = closest(name, known)) return fmt::format("did you mean `{}`?", *meant);
  return fmt::format("known: {}", fmt::join(known, ", "));
}

/// The key that an override names: `train.steps` or `steps`.
std::optional<Key> find_override_key(std::string_view name, Keys keys) {
  for (const Key& key : keys) {
    if (name == key.name || name == dotted(key)) return key;
  }
  return std::nullopt;
}

/// What was probably meant by the name of an override.
std::string override_hint(std::string_view name, Keys keys) {
  const auto dot = name.rfind('.');
  if (const auto word = other_word(name.substr(dot == std::string_view::npos ? 0 : dot + 1)); !word.empty())
    return fmt::format("here it is `{}`", word);
  const bool with_section = dot != std::string_view::npos;
  if (with_section) {
    if (const auto key = find_key(name.substr(dot + 1), keys))
      return fmt::format("did you mean `{}`?", dotted(*key));
  }
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const Key& key : keys) names.push_back(with_section ? dotted(key) : std::string(key.name));
  if (const auto meant = closest(name, std::vector<std::string_view>(names.begin(), names.end()))) {
    return fmt::format("did you mean `{}`?", *meant);
  }
  return fmt::format("known: {}", fmt::join(names, ", "));
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

[[noreturn]] void refuse_at_top(const toml::key& key, const toml::node& value, std::string_view file,
                                Keys keys) {
  const auto name = on_one_line(key.str());
  Fault fault{.place = place_of(key.source(), file),
              .problem = fmt::format("unknown key `{}`", name),
              .hint = hint("", key.str(), keys)};
  if (value.is_table()) {
    const auto known = sections(keys);
    const auto meant = closest(key.str(), known);
    fault.problem = fmt::format("unknown table [{}]", name);
    fault.hint = meant ? fmt::format("did you mean [{}]?", *meant)
                       : fmt::format("known: [{}]", fmt::join(known, "], ["));
  }
  throw InvalidRequest(std::move(fault));
}

}  // namespace

Keys experiment_keys() {
  return kKeys;
}

void refuse_unknown_keys(const TomlDocument& document, Keys keys) {
  const std::string_view file = document.file;
  const auto known_sections = sections(keys);
  for (const auto& [key, value] : document.table) {
    const bool is_section = std::ranges::find(known_sections, key.str()) != known_sections.end();
    if (!is_section && key.str() != "name") refuse_at_top(key, value, file, keys);
    if (!is_section || !value.is_table()) continue;
    const auto known = keys_of(key.str(), keys);
    for (const auto& [inner, ignored] : *value.as_table()) {
      if (std::ranges::find(known, inner.str()) != known.end()) continue;
      throw InvalidRequest({.place = place_of(inner.source(), file),
                            .section = std::string(key.str()),
                            .problem = fmt::format("unknown key `{}`", on_one_line(inner.str())),
                            .hint = hint(key.str(), inner.str(), keys)});
    }
  }
}

Key named_key(std::string_view name, const Place& place, Keys keys) {
  if (const auto key = find_override_key(name, keys)) return *key;
  throw InvalidRequest({.place = place,
                        .problem = fmt::format("unknown key `{}`", on_one_line(name)),
                        .hint = override_hint(name, keys)});
}

Key override_key(std::string_view key_and_value, Keys keys) {
  const Place place = override_place(key_and_value);
  const std::string_view name = trim(key_and_value.substr(0, key_and_value.find('=')));
  if (name.empty() || key_and_value.find('=') == std::string_view::npos)
    throw InvalidRequest({.place = place, .expected = "KEY=VALUE"});
  return named_key(name, place, keys);
}

void set_value(TomlDocument& document, const Key& key, std::string_view value, const Place& place) {
  toml::table parsed = parse_override(value, place);
  toml::table* section = &document.table;
  if (!key.section.empty()) {
    const auto [there, inserted] = document.table.emplace<toml::table>(key.section);
    section = there->second.as_table();
    if (!section) return;  // `train = 5`: reading that section reports it
  }
  parsed.get("value")->visit([&](auto& node) { section->insert_or_assign(key.name, std::move(node)); });
  document.set.insert_or_assign(dotted(key), place);
}

void apply_override(TomlDocument& document, std::string_view key_and_value, Keys keys) {
  const Key key = override_key(key_and_value, keys);
  const auto equals = key_and_value.find('=');
  set_value(document, key, trim(key_and_value.substr(equals + 1)), override_place(key_and_value));
}

bool names_key(std::string_view key_and_value, Keys keys) {
  const auto equals = key_and_value.find('=');
  return equals != std::string_view::npos && find_override_key(trim(key_and_value.substr(0, equals)), keys);
}

std::string full_key(std::string_view name) {
  const auto key = find_override_key(name, kKeys);
  return key ? dotted(*key) : std::string(name);
}

}  // namespace superpose
