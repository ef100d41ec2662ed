#include "superpose/paper/catalogue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <variant>

#include "superpose/core/error.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/suggestion.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/paper/entries.h"
#include "superpose/store/available_memory.h"

namespace superpose::paper {
namespace {

/// The value of "quick=VALUE". returns: nothing for an override of another key.
std::optional<bool> read_quick(std::string override_text) {
  std::erase_if(override_text, [](char c) { return c == ' ' || c == '\t'; });
  if (!override_text.starts_with("quick=")) return std::nullopt;
  if (override_text == "quick=true") return true;
  if (override_text == "quick=false") return false;
  throw InvalidRequest({.place = override_place(override_text), .expected = "true or false"});
}

/// The keys that an entry's overrides may have: `quick` and those of its file, which in a study depend on the
/// kind that the overrides leave.
std::vector<Key> keys_of(const CatalogueEntry& entry, std::span<const std::string> overrides = {}) {
  std::vector<Key> keys = {{"", "quick"}};
  if (!entry.is_study) {
    std::ranges::copy(experiment_keys(), std::back_inserter(keys));
    return keys;
  }
  ExperimentSource kind_alone{.text = entry.toml, .file = entry.name, .overrides = {}};
  std::ranges::copy_if(overrides, std::back_inserter(kind_alone.overrides), [](const std::string& change) {
    constexpr std::array kKind = {Key{"study", "kind"}};
    return names_key(change, kKind);
  });
  std::ranges::copy(study::keys_of(study::parse_study(kind_alone)), std::back_inserter(keys));
  return keys;
}

/// An entry's TOML with all overrides: those of the quick version first, if it is asked for, then the user's.
struct Changes {
  ExperimentSource source;
  bool quick = false;
};

Changes changes_of(const CatalogueEntry& entry, std::span<const std::string> overrides) {
  bool quick = false;
  std::vector<std::string> changes;
  const std::vector<Key> keys = keys_of(entry, overrides);
  for (const auto& change : overrides) {
    if (const auto value = read_quick(change)) {
      quick = *value;
    } else {
      (void)override_key(change, keys);
      changes.push_back(change);
    }
  }
  if (quick) changes.insert(changes.begin(), entry.quick.begin(), entry.quick.end());
  return {.source = {.text = entry.toml,
                     .file = entry.name,
                     .overrides = std::move(changes),
                     .memory_limit = store::available_bytes()},
          .quick = quick};
}

using Table = std::vector<std::vector<double>>;

/// A table of the shape's size. A larger table is cut; a smaller one has its rows and columns repeated.
Table fitted(const Table& table, const Shape& shape) {
  Table result(shape.instances(), std::vector<double>(shape.features()));
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto& row = table[i % table.size()];
    for (std::size_t f = 0; f < shape.features(); ++f) result[i][f] = row[f % row.size()];
  }
  return result;
}

/// Whether "KEY=VALUE" sets data.importance.
bool gives_importance(std::string_view change) {
  constexpr std::array kImportance = {Key{"data", "importance"}};
  return names_key(change, kImportance);
}

/// A companion of the main experiment. An importance table that the user gave in full has the main
/// experiment's shape; for a companion of another shape it is cut or repeated.
Experiment parse_companion(const Experiment& main, ExperimentSource source, const Companion& companion) {
  auto& changes = source.overrides;
  const auto* table = std::get_if<Table>(&main.data.importance);
  const bool own = std::ranges::any_of(companion.overrides, gives_importance);
  const bool fits = table != nullptr && !own;
  if (fits) {
    std::erase_if(changes, gives_importance);
    changes.emplace_back("data.importance=1");
  }
  changes.insert(changes.end(), companion.overrides.begin(), companion.overrides.end());
  Experiment experiment = parse_experiment(source);
  if (fits) experiment.data.importance = fitted(*table, experiment.model.shape);
  return experiment;
}

}  // namespace

std::span<const CatalogueEntry> catalogue() {
  static const std::array entries{paper::intro(),
                                  paper::features(),
                                  paper::phase_2_1(),
                                  paper::phase_3_2(),
                                  paper::geometry(),
                                  paper::perturbed_pentagon(),
                                  paper::correlated(),
                                  paper::collapse(),
                                  paper::dynamics(),
                                  paper::adversarial(),
                                  paper::privileged_basis(),
                                  paper::absolute_value(),
                                  paper::johnson_lindenstrauss(),
                                  paper::almost_orthogonal(),
                                  paper::compressed_sensing()};
  return entries;
}

const CatalogueEntry& find_catalogue_entry(std::string_view name) {
  const auto entries = catalogue();
  const auto found = std::ranges::find(entries, name, &CatalogueEntry::name);
  if (found == entries.end()) {
    std::vector<std::string_view> names;
    for (const auto& entry : entries) names.push_back(entry.name);
    names.push_back(kEveryEntry);
    const auto meant = closest(name, names);
    throw InvalidRequest({.place = argument_place("paper"),
                          .expected = fmt::format("one of {}", fmt::join(names, ", ")),
                          .got = fmt::format("\"{}\"", on_one_line(name)),
                          .hint = meant ? fmt::format("did you mean `{}`?", *meant) : ""});
  }
  return *found;
}

bool knows(const CatalogueEntry& entry, std::string_view override_text) {
  return names_key(override_text, keys_of(entry));
}

CatalogueRequest resolve(const CatalogueEntry& entry, std::span<const std::string> overrides) {
  const auto [source, quick] = changes_of(entry, overrides);
  CatalogueRequest request{.experiment = parse_experiment(source), .companions = {}, .quick = quick};
  for (const Companion& companion : entry.companions)
    request.companions.push_back(parse_companion(request.experiment, source, companion));
  return request;
}

study::Study resolve_study(const CatalogueEntry& entry, std::span<const std::string> overrides) {
  return study::parse_study(changes_of(entry, overrides).source);
}

}  // namespace superpose::paper
