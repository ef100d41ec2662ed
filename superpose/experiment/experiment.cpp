#include "superpose/experiment/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/experiment_sets.h"
#include "superpose/experiment/experiment_values.h"
#include "superpose/experiment/memory.h"
#include "superpose/experiment/suggestion.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {
namespace {

// Instances, steps and features are 32-bit words of the counter of the random generator.
constexpr std::int64_t kMaxCount = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMaxSteps = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kMaxSeed = std::numeric_limits<std::uint32_t>::max();

// Anything above this is infinite to the engine.
constexpr double kLargest = std::numeric_limits<float>::max();
constexpr NumberRange kAtLeastZero = {.low = 0,
                                      .low_included = true,
                                      .high = kLargest,
                                      .high_included = true,
                                      .description = "a finite number of at least 0"};
constexpr NumberRange kAboveZero = {.low = 0,
                                    .low_included = false,
                                    .high = kLargest,
                                    .high_included = true,
                                    .description = "a finite number above 0"};
constexpr NumberRange kDecay = {.low = 0,
                                .low_included = true,
                                .high = 1,
                                .high_included = false,
                                .description = "a number of at least 0 and below 1"};

/// A table of the document. If it is not there, reads as an empty one.
TomlValue section(const TomlDocument& document, std::string_view name) {
  static const toml::table empty;
  const toml::node* node = document.table.get(name);
  TomlValue value(node ? *node : empty, std::string(name), "", document.file, &document.set);
  if (!value.is_table()) value.refuse("a table");
  return value;
}

/// Refuses a value that is not one of the names. names: "a, b, c".
[[noreturn]] void refuse_choice(const TomlValue& value, std::string_view names) {
  std::vector<std::string_view> known;
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t end = std::min(names.find(", ", at), names.size());
    known.push_back(names.substr(at, end - at));
    at = end + 2;
  }
  value.refuse_choice(known);
}

/// Reads one of a set of names. find: returns the thing of that name, if there is one.
template <class T>
T read_choice(const TomlValue& value, std::optional<T> (*find)(std::string_view), const std::string& names) {
  const auto found = value.is_string() ? find(value.text()) : std::nullopt;
  if (!found) refuse_choice(value, names);
  return *found;
}

std::int64_t read_required_count(const TomlValue& section, std::string_view key) {
  const auto value = section.find(key);
  if (!value) section.refuse_missing(key, "a whole number above 0");
  return value->whole_number(1, kMaxCount);
}

Initialisation read_initialisation(const TomlValue& value) {
  constexpr std::string_view expected = "\"xavier_normal\" or { normal = STD }";
  if (value.is_string() && value.text() == "xavier_normal") return {};
  const auto std = value.is_table() && value.table().size() == 1 ? value.find("normal") : std::nullopt;
  if (!std) value.refuse(expected);
  return {.std = std->number(kAtLeastZero)};
}

Experiment::ModelSection read_model(const TomlValue& section) {
  Experiment::ModelSection model;
  if (const auto value = section.find("kind"))
    model.kind = read_choice(*value, find_model_kind, model_kind_names());
  model.shape.n_features = read_required_count(section, "n_features");
  model.shape.n_hidden = read_required_count(section, "n_hidden");
  if (const auto value = section.find("n_instances"))
    model.shape.n_instances = value->whole_number(1, kMaxCount);
  if (const auto value = section.find("init")) model.init = read_initialisation(*value);
  return model;
}

/// The given table, or else the values of the document, or else what was there before.
void read_values_into(Values& values, const std::optional<Values>& given,
                      const std::optional<TomlValue>& written, const ValuesKey& key, const Shape& shape) {
  if (given) {
    check_values(*given, key, shape);
    values = *given;
  } else if (written) {
    values = read_values(*written, key, shape);
  }
}

Experiment::DataSection read_data(const TomlValue& section, const GivenValues& given, const Shape& shape) {
  Experiment::DataSection data;
  read_values_into(data.feature_probability, given.feature_probability, section.find("feature_probability"),
                   kFeatureProbability, shape);
  read_values_into(data.importance, given.importance, section.find("importance"), kImportance, shape);
  if (const auto value = section.find("values")) {
    const std::string text = value->is_string() ? value->text() : "";
    if (text != "uniform" && text != "signed") refuse_choice(*value, "uniform, signed");
    data.distribution.is_signed = text == "signed";
  }
  if (const auto value = section.find("sets")) data.distribution.sets = read_sets(*value, shape.n_features);
  return data;
}

void check_rules(const TomlValue& section, const Experiment& experiment) {
  const auto& probability = experiment.data.feature_probability;
  const auto& importance = experiment.data.importance;
  const Shape& shape = experiment.model.shape;
  if (const auto value = section.find("feature_probability")) {
    check_rule(*value, probability, kFeatureProbability, shape);
  }
  if (const auto value = section.find("importance")) check_rule(*value, importance, kImportance, shape);
}

/// Refuses sets whose features have different probabilities.
void check_sets(const TomlValue& section, const Experiment& experiment) {
  const auto value = section.find("sets");
  if (!value) return;
  try {
    (void)experiment.distribution();
  } catch (const InvalidRequest& error) {
    Fault fault = error.fault();
    fault.place = value->place();
    fault.section = value->section();
    fault.key = value->key();
    throw InvalidRequest(std::move(fault));
  }
}

OptimizerOptions read_optimizer(const TomlValue& section) {
  OptimizerOptions optimizer;
  if (const auto value = section.find("optimizer")) {
    optimizer.kind = read_choice(*value, find_optimizer_kind, optimizer_kind_names());
  }
  const bool is_sgd = optimizer.kind == OptimizerKind::kSgd;
  const auto find = [&](std::string_view key, bool used, std::string_view users) {
    const auto value = section.find(key);
    if (value && !used) {
      value->fail(fmt::format("optimizer \"{}\" does not use it, only {}", name(optimizer.kind), users));
    }
    return value;
  };

  if (const auto value = find("betas", !is_sgd, "adamw and adam")) {
    const auto betas = value->elements();
    if (betas.size() != 2) value->refuse("an array of 2 numbers");
    optimizer.beta1 = betas[0].number(kDecay);
    optimizer.beta2 = betas[1].number(kDecay);
  }
  if (const auto value = find("eps", !is_sgd, "adamw and adam")) optimizer.eps = value->number(kAboveZero);
  if (const auto value = find("momentum", is_sgd, "sgd")) optimizer.momentum = value->number(kDecay);

  if (optimizer.kind != OptimizerKind::kAdamW)
    optimizer.weight_decay = 0;  // the default of PyTorch, where only AdamW decays
  if (const auto value = section.find("weight_decay")) optimizer.weight_decay = value->number(kAtLeastZero);
  return optimizer;
}

TrainOptions read_train(const TomlValue& section) {
  TrainOptions train;
  if (const auto value = section.find("steps")) train.steps = value->whole_number(1, kMaxSteps);
  if (const auto value = section.find("batch_size")) train.batch_size = value->whole_number(1, kMaxCount);
  if (const auto value = section.find("lr")) train.lr = value->number(kAtLeastZero);
  if (const auto value = section.find("schedule")) {
    train.schedule = read_choice(*value, find_schedule, schedule_names());
  }
  train.optimizer = read_optimizer(section);
  if (const auto value = section.find("seed")) {
    train.seed = static_cast<std::uint32_t>(value->whole_number(0, kMaxSeed));
  }
  if (const auto value = section.find("restarts")) train.restarts = value->whole_number(1, kMaxRestarts - 1);
  return train;
}

Experiment::RecordSection read_record(const TomlValue& section) {
  Experiment::RecordSection record;
  if (const auto value = section.find("every")) record.every = value->whole_number(1, kMaxSteps);
  if (const auto value = section.find("parameters")) record.parameters = value->boolean();
  if (const auto value = section.find("all_restarts")) record.all_restarts = value->boolean();
  return record;
}

/// Refuses what would not fit in memory. If an override made it that large, the error names that override.
void check_memory(const TomlValue& model, const TomlValue& train, const TomlValue& record,
                  const Experiment& experiment, std::optional<double> memory_limit) {
  const double needed = training_bytes(experiment);
  if (!memory_limit || needed <= *memory_limit) return;

  TomlValue at_fault = model;
  for (const auto& size : {record.find("every"), record.find("parameters"), record.find("all_restarts"),
                           train.find("steps"), train.find("restarts"), model.find("n_hidden"),
                           model.find("n_features"), model.find("n_instances")}) {
    if (size && size->is_set()) at_fault = *size;
  }
  const Shape& shape = experiment.model.shape;
  at_fault.refuse(
      fmt::format("an experiment that fits in the {} of memory that this process may use",
                  describe_bytes(*memory_limit)),
      fmt::format("one that needs {} (n_instances {} x restarts {} x n_features {} x n_hidden {}, steps {})",
                  describe_bytes(needed), shape.n_instances, experiment.train.restarts, shape.n_features,
                  shape.n_hidden, experiment.train.steps));
}

}  // namespace

std::vector<float> Experiment::feature_probability() const {
  return expand(data.feature_probability, Axis::kInstances, model.shape.n_instances, model.shape.n_features);
}

std::vector<float> Experiment::importance() const {
  return expand(data.importance, Axis::kFeatures, model.shape.n_instances, model.shape.n_features);
}

FeatureDistribution Experiment::distribution() const {
  return {feature_probability(), model.shape.n_features, data.distribution};
}

Ensemble Experiment::ensemble() const {
  return {.kind = model.kind,
          .shape = model.shape,
          .init = model.init,
          .data = distribution(),
          .importance = importance()};
}

Experiment parse_experiment(const ExperimentSource& source) {
  return parse_experiment(TomlDocument{.table = parse_toml(source.text, source.file), .file = source.file},
                          source);
}

Experiment parse_experiment(TomlDocument document, const ExperimentSource& source) {
  for (const std::string& override : source.overrides) apply_override(document, override);
  return read_experiment(document, source.memory_limit);
}

Experiment read_experiment(const TomlDocument& document, std::optional<double> memory_limit,
                           const GivenValues& given) {
  refuse_unknown_keys(document);

  const TomlValue model = section(document, "model");
  const TomlValue data = section(document, "data");
  const TomlValue train = section(document, "train");
  const TomlValue record = section(document, "record");

  Experiment experiment;
  const TomlValue top(document.table, "", "", document.file, &document.set);
  if (const auto value = top.find("name")) experiment.name = value->text();
  experiment.model = read_model(model);
  experiment.data = read_data(data, given, experiment.model.shape);
  experiment.train = read_train(train);
  experiment.record = read_record(record);

  check_memory(model, train, record, experiment, memory_limit);  // before rules are expanded
  check_rules(data, experiment);
  check_sets(data, experiment);
  return experiment;
}

}  // namespace superpose
