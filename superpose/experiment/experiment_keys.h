#pragma once

#include <toml++/toml.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "superpose/data/values.h"
#include "superpose/experiment/experiment.h"
#include "superpose/experiment/sweep.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {

/// A key of a file. section: "" for keys at the top. In one kind of file no two sections share a key, so a
/// key alone names its section.
struct Key {
  std::string_view section, name;
};

/// Every key of experiment files.
std::span<const Key> experiment_keys();

/// Tables of numbers that come with a document and replace the keys of [data] with these names.
struct GivenValues {
  std::optional<Values> feature_probability{}, importance{};
};

/// Reads and checks an experiment from its document, after the overrides, as parse_experiment does.
/// memory_limit: as in ExperimentSource.
Experiment read_experiment(const TomlDocument& document, std::optional<double> memory_limit,
                           const GivenValues& given = {});

/// Reads an experiment or a sweep from the document of source.text, as parse_experiment and parse_sweep do.
Experiment parse_experiment(TomlDocument document, const ExperimentSource& source);
Sweep parse_sweep(const TomlDocument& document, const ExperimentSource& source);

/// Refuses tables and keys that are not in these lists. Errors: InvalidRequest with the position of the first
/// one, and what was probably meant.
void refuse_unknown_keys(const TomlDocument& document, std::span<const Key> keys = experiment_keys());

/// The key of that name, "steps" or "train.steps": one of `keys`, which has their static lifetime. place:
/// where the name is written, for errors. Errors: InvalidRequest with what was probably meant when there is
/// no such key.
Key named_key(std::string_view name, const Place& place, std::span<const Key> keys = experiment_keys());

/// The key that "KEY=VALUE" names: one of `keys`, which has their static lifetime. Errors: InvalidRequest
/// with what was probably meant when there is no such key.
Key override_key(std::string_view key_and_value, std::span<const Key> keys);

/// Puts a value, as parse_override reads it, into the document and replaces what was there. place: where it
/// is written, the place of errors about it from now on. Errors: InvalidRequest when it is not a value.
void set_value(TomlDocument& document, const Key& key, std::string_view value, const Place& place);

/// Puts the value of "KEY=VALUE" into the document. Errors about that value then name the override. Errors:
/// InvalidRequest when there is no such key or the value is not a value.
void apply_override(TomlDocument& document, std::string_view key_and_value,
                    std::span<const Key> keys = experiment_keys());

/// Whether "KEY=VALUE" names one of the keys. False for text without that form.
bool names_key(std::string_view key_and_value, std::span<const Key> keys);

/// The full name of a key that an override may call by its last part: "train.steps" for "steps". A name that
/// no key has is returned unchanged.
std::string full_key(std::string_view name);

}  // namespace superpose
