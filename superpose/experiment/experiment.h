#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "superpose/data/feature_distribution.h"
#include "superpose/data/values.h"
#include "superpose/models/model.h"
#include "superpose/train/trainer.h"

namespace superpose {

/// One experiment: everything that its result depends on. The defaults are those of an experiment file, where
/// only [model] is required.
struct Experiment {
  std::string name = "experiment";

  struct ModelSection {
    ModelKind kind = ModelKind::kReluOutput;
    Shape shape;  ///< n_features and n_hidden have no default in a file; n_instances = 1
    Initialisation init;
    friend bool operator==(const ModelSection&, const ModelSection&) = default;
  } model;

  struct DataSection {
    Values feature_probability = 1.0;    ///< along instances, each in (0, 1]
    Values importance = 1.0;             ///< along features, each finite and >= 0
    DistributionOptions distribution{};  ///< `values` and `sets`
    friend bool operator==(const DataSection&, const DataSection&) = default;
  } data;

  TrainOptions train;

  struct RecordSection {
    std::int64_t every = 100;   ///< steps between recorded rows, > 0
    bool parameters = false;    ///< record the model in every row
    bool all_restarts = false;  ///< record the models of all restarts, not only of the kept ones
    friend bool operator==(const RecordSection&, const RecordSection&) = default;
  } record;

  friend bool operator==(const Experiment&, const Experiment&) = default;

  /// (n_instances, n_features), expanded.
  [[nodiscard]] std::vector<float> feature_probability() const;
  [[nodiscard]] std::vector<float> importance() const;
  /// The distribution that instances are fed from.
  [[nodiscard]] FeatureDistribution distribution() const;
  /// What a Trainer needs.
  [[nodiscard]] Ensemble ensemble() const;
};

/// The text of an experiment, and what changes it.
struct ExperimentSource {
  std::string text;                      ///< TOML
  std::string file = "experiment";       ///< for messages
  std::vector<std::string> overrides;    ///< "KEY=VALUE" as given to --set, applied in order
  std::optional<double> memory_limit{};  ///< bytes that the training may take; nothing: no limit
};

/// Reads and checks an experiment, including its size in memory. In an override, KEY is dotted
/// ("train.steps") or, where only one key ends like that, bare ("steps"). VALUE is TOML; where a string is
/// expected, a bare word needs no quotes. Errors: InvalidRequest, one line:
/// `FILE:LINE:COLUMN: [section] key: expected ..., got ...`, or
/// `KEY=VALUE: ...` where an override is wrong.
Experiment parse_experiment(const ExperimentSource& source);

/// The experiment as TOML with every key written out. Parsing it gives the same experiment, to the bit.
std::string to_toml(const Experiment& experiment);

}  // namespace superpose
