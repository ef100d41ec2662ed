#pragma once

#include <toml++/toml.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "superpose/data/values.h"
#include "superpose/experiment/experiment.h"

namespace superpose {

/// A key of a file; section "": at the top. No two sections of a kind of file share a key, so a key alone
/// names its section.
struct Key {
  std::string_view section, name;
};

/// Every key of experiment files.
std::span<const Key> experiment_keys();

/// Tables of [data] that are given beside a document, in the place of its keys of these names.
struct GivenValues {
  std::optional<Values> feature_probability{}, importance{};
};

/// Reads and checks an experiment from its document, as parse_experiment does after the overrides.
/// memory_limit: as of ExperimentSource.
Experiment read_experiment(const toml::table& document, std::string_view file,
                           std::optional<double> memory_limit, const GivenValues& given = {});

/// Checks that a document has no table and no key but these, and those at the top.
/// Errors: InvalidRequest with the position of the first one and what was probably meant.
void refuse_unknown_keys(const toml::table& document, std::string_view file,
                         std::span<const Key> keys = experiment_keys());

/// Puts the value of "KEY=VALUE" into the document, over what was there. The override is then the value's
/// place. Errors: InvalidRequest when there is no such key or the value is no value.
void apply_override(toml::table& document, std::string_view key_and_value,
                    std::span<const Key> keys = experiment_keys());

/// Whether "KEY=VALUE" names one of the keys. False where it is no such pair.
bool names_key(std::string_view key_and_value, std::span<const Key> keys);

/// The full name of a key that an override may call by its last part: "train.steps" for "steps". A name that
/// no key has comes back as it is.
std::string full_key(std::string_view name);

}  // namespace superpose
