#include "superpose/study/compressed_sensing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>

#include "superpose/analysis/compressed_sensing.h"
#include "superpose/analysis/geometry.h"
#include "superpose/analysis/metrics.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"
#include "superpose/experiment/memory.h"
#include "superpose/study/fields.h"
#include "superpose/study/tasks.h"
#include "superpose/train/trainer.h"

namespace superpose::study {
namespace {

using Result = CompressedSensingResult;

constexpr std::array<NamedValue<SparseValues>, 2> kValues = {
    {{"normal", SparseValues::kNormal}, {"uniform", SparseValues::kUniform}}};

/// Measures the rate of recovery in every cell of the grid. returns: false when stopped.
bool measure_recovery(const CompressedSensing& study, std::uint32_t seed, const MeasureOptions& options,
                      Tasks& tasks, Result& result) {
  const auto side = static_cast<std::size_t>(study.grid);
  const auto share = [&](std::size_t i) { return static_cast<double>(i + 1) / static_cast<double>(side); };
  const auto part = [](double of_whole, std::int64_t whole) {
    return std::max<std::int64_t>(1, std::llround(of_whole * static_cast<double>(whole)));
  };
  result.m.clear();
  result.k.clear();
  for (std::size_t row = 0; row < side; ++row) {
    result.m.push_back(part(share(row), study.n));
    for (std::size_t column = 0; column < side; ++column)
      result.k.push_back(part(share(column) * study.most_k_over_m, result.m.back()));
  }
  return tasks.run(side * side, [&](std::size_t reversed) -> Store {
    const std::size_t cell = side * side - 1 - reversed;  // the largest take longest, so they come first
    std::int64_t found = 0;
    for (std::int64_t trial = 0; trial < study.trials; ++trial) {
      const auto recovered = recovers({.n = study.n,
                                       .m = result.m[cell / side],
                                       .k = result.k[cell],
                                       .values = study.values,
                                       .key = stream_key(seed, Stream::kStudy, trial)},
                                      options.stop);
      if (!recovered) return {};
      found += *recovered ? 1 : 0;
    }
    const double rate = static_cast<double>(found) / static_cast<double>(study.trials);
    return [=, &result] { result.recovered[cell] = static_cast<float>(rate); };
  });
}

/// How many features a model with these norms represents.
std::int64_t represented(std::span<const double> norms) {
  const auto is_finite = [](double length) { return std::isfinite(length); };
  if (!std::ranges::all_of(norms, is_finite)) return Result::kNotFinite;
  return std::ranges::count_if(norms, [](double length) { return length > kRepresentedNorm; });
}

/// Trains and measures the toy models. returns: false when stopped.
bool measure_toys(const CompressedSensing& study, std::uint32_t seed, const MeasureOptions& options,
                  Tasks& tasks, Result& result) {
  return tasks.run_in_turn(study.n_features.size(), [&](std::size_t i) -> Store {
    const Experiment experiment = toy_experiment(study, i, seed);
    Trainer trainer(experiment.ensemble(), experiment.train, options.threads);
    const auto trained = trainer.finish(options.stop);
    if (!trained) return {};
    const Shape& shape = experiment.model.shape;
    return [&study, &result, i, shape, loss = trained->loss, norm = norms(trained->model.W(), shape),
            D_star = dimensions_per_feature(trained->model.W(), shape)] {
      for (std::size_t instance = 0; instance < shape.instances(); ++instance) {
        const std::size_t at = i * study.feature_probability.size() + instance;
        const auto own = std::span(norm).subspan(instance * shape.features(), shape.features());
        result.dimensions_per_feature[at] = static_cast<float>(D_star[instance]);
        result.represented[at] = represented(own);
        result.loss[at] = loss[instance];
      }
    };
  });
}

/// A model leaves features out when it represents less than this share of them.
constexpr double kLeavesOut = 0.9;

}  // namespace

Experiment toy_experiment(const CompressedSensing& study, std::size_t i, std::uint32_t seed) {
  Experiment experiment;
  experiment.model.shape = {.n_instances = std::ssize(study.feature_probability),
                            .n_features = study.n_features[i],
                            .n_hidden = study.n_hidden[i]};
  experiment.data.feature_probability = study.feature_probability;
  experiment.train.steps = study.steps;
  experiment.train.lr = study.lr;
  experiment.train.schedule = Schedule::kCosine;
  experiment.train.optimizer.weight_decay = 0;  // D* is measured by the weights' norms
  experiment.train.seed = seed;
  return experiment;
}

std::vector<Field> fields(CompressedSensing& study) {
  return {field("n", study.n, WholeRange{2, 2000}),
          field("grid", study.grid, WholeRange{2, 200}),
          field("most_k_over_m", study.most_k_over_m, kShare),
          field("trials", study.trials, WholeRange{1, 10000}),
          field("values", study.values, kValues),
          field("n_features", study.n_features, WholeRange{2, 5000}),
          field("n_hidden", study.n_hidden, WholeRange{1, 1000}),
          field("feature_probability", study.feature_probability, kSparse),
          field("steps", study.steps, WholeRange{1, 10000000}),
          field("lr", study.lr, kLearningRate)};
}

std::vector<Tensor> tensors(const CompressedSensing& study, CompressedSensingResult& result) {
  const std::vector<std::int64_t> toys = {std::ssize(study.n_features),
                                          std::ssize(study.feature_probability)};
  return {{.name = "m", .numbers = &result.m, .shape = {study.grid}},
          {.name = "k", .numbers = &result.k, .shape = {study.grid, study.grid}},
          {.name = "recovered", .numbers = &result.recovered, .shape = {study.grid, study.grid}},
          {.name = "dimensions_per_feature", .numbers = &result.dimensions_per_feature, .shape = toys},
          {.name = "represented", .numbers = &result.represented, .shape = toys},
          {.name = "loss", .numbers = &result.loss, .shape = toys}};
}

void check(const CompressedSensing& study, const TomlValue& section, std::optional<double> memory_limit) {
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

bool measure(const CompressedSensing& study, std::uint32_t seed, const MeasureOptions& options,
             Result& result) {
  const std::size_t toys = study.n_features.size() * study.feature_probability.size();
  result.recovered.resize(static_cast<std::size_t>(study.grid * study.grid));
  result.dimensions_per_feature.resize(toys);
  result.represented.resize(toys);
  result.loss.resize(toys);
  Tasks tasks(options);
  return measure_recovery(study, seed, options, tasks, result) &&
         measure_toys(study, seed, options, tasks, result);
}

std::vector<double> transitions(const CompressedSensing& study, const Result& result) {
  const auto side = static_cast<std::size_t>(study.grid);
  std::vector<double> places;
  for (std::size_t row = 0; row < side; ++row) {
    std::vector<double> at, rate;
    for (std::size_t column = 0; column < side; ++column) {
      at.push_back(static_cast<double>(result.k[row * side + column]) / static_cast<double>(result.m[row]));
      rate.push_back(static_cast<double>(result.recovered[row * side + column]));
    }
    places.push_back(half_way(at, rate).value_or(NAN));
  }
  return places;
}

std::vector<double> transition_constants(const CompressedSensing& study, const Result& result) {
  auto constants = transitions(study, result);
  for (std::size_t row = 0; row < constants.size(); ++row) {
    const auto m = static_cast<double>(result.m[row]);
    constants[row] = m / sparse_bound(static_cast<double>(study.n), constants[row] * m);
  }
  return constants;
}

std::vector<double> sparse_constants(const CompressedSensing& study, const Result& result) {
  std::vector<double> constants;
  const auto of_all = transition_constants(study, result);
  for (std::size_t row = 0; row < of_all.size(); ++row) {
    if (2 * result.m[row] <= study.n && std::isfinite(of_all[row])) constants.push_back(of_all[row]);
  }
  std::ranges::sort(constants);
  return constants;
}

bool leaves_features_out(const CompressedSensing& study, const Result& result, std::size_t size,
                         std::size_t density) {
  const std::size_t at = size * study.feature_probability.size() + density;
  return result.represented[at] != CompressedSensingResult::kNotFinite &&
         static_cast<double>(result.represented[at]) <
             kLeavesOut * static_cast<double>(study.n_features[size]);
}

}  // namespace superpose::study
