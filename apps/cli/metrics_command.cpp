#include "apps/cli/metrics_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "apps/cli/table.h"
#include "superpose/analysis/feature_tradeoff.h"
#include "superpose/analysis/geometry.h"
#include "superpose/analysis/metrics.h"
#include "superpose/analysis/outcome.h"
#include "superpose/analysis/spread.h"
#include "superpose/store/run_directory.h"
#include "superpose/store/run_sweep.h"

namespace superpose::cli {
namespace {

/// (n_instances, n_features) as an array of arrays; numbers that are not finite become null.
nlohmann::json rows(const std::vector<double>& values, const Shape& shape) {
  auto table = nlohmann::json::array();
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    table.push_back(std::span(values).subspan(i * shape.features(), shape.features()));
  }
  return table;
}

/// A point's swept values: numbers and strings as such, whatever else as its TOML.
nlohmann::ordered_json sweep_values(const SweepPoint& point) {
  auto values = nlohmann::ordered_json::object();
  for (const auto& [key, text] : point.values) {
    values[key] = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (values[key].is_discarded() || values[key].is_structured()) values[key] = text;
  }
  return values;
}

/// The losses of an instance's restarts.
std::vector<double> restart_losses(const run::Run& run, std::size_t instance) {
  std::vector<double> losses;
  for (std::size_t at = instance; at < run.restart_loss.size(); at += run.model.shape().instances())
    losses.push_back(static_cast<double>(run.restart_loss[at]));
  return losses;
}

/// What an instance's restarts have settled in; none where their models are not recorded.
std::vector<OutcomeCount> restart_outcomes(const run::Run& run, std::size_t instance) {
  if (run.restart_models.empty()) return {};
  std::vector<std::string> outcomes;
  for (const Model& model : run.restart_models)
    outcomes.push_back(outcome(model.W(static_cast<std::int64_t>(instance)), model.shape().n_hidden));
  return count_outcomes(outcomes, restart_losses(run, instance));
}

/// How the restarts' losses are spread, instance by instance, and how many restarts had each outcome.
void add_restarts(nlohmann::ordered_json& object, const run::Run& run) {
  for (const char* name : {"lowest_loss", "median_loss", "highest_loss", "share_of_lowest_loss"})
    object[name] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < run.model.shape().instances(); ++i) {
    const LossSpread spread = loss_spread(restart_losses(run, i));
    object["lowest_loss"].push_back(spread.lowest);
    object["median_loss"].push_back(spread.median);
    object["highest_loss"].push_back(spread.highest);
    object["share_of_lowest_loss"].push_back(spread.share_of_lowest);
  }
  object["kept_restart"] = run.kept_restart;
  if (run.restart_models.empty()) return;
  object["outcomes"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < run.model.shape().instances(); ++i) {
    auto of_instance = nlohmann::ordered_json::array();
    for (const OutcomeCount& count : restart_outcomes(run, i)) {
      of_instance.push_back(
          {{"outcome", count.outcome},
           {"restarts", count.restarts},
           {"share", static_cast<double>(count.restarts) / static_cast<double>(run.restart_models.size())},
           {"lowest_loss", count.lowest_loss}});
    }
    object["outcomes"].push_back(std::move(of_instance));
  }
}

/// What each feature brings and costs, of the kinds and the data for which there is a closed form.
void add_tradeoff(nlohmann::ordered_json& object, const run::Run& run) {
  const ModelKind kind = run.model.kind();
  if (kind != ModelKind::kLinear && kind != ModelKind::kReluOutput) return;
  if (run.experiment.data.distribution != DistributionOptions{}) return;
  const Shape& shape = run.model.shape();
  const auto tradeoff = feature_tradeoff(run.model.W(), run.model.b_final(),
                                         {.kind = kind,
                                          .shape = shape,
                                          .feature_probability = run.feature_probability,
                                          .importance = run.importance});
  object["feature_benefit"] = rows(tradeoff.benefit, shape);
  object["interference_loss"] = rows(tradeoff.interference_loss, shape);
}

nlohmann::ordered_json metrics_json(const run::Run& run) {
  const auto W = run.model.W();
  const Shape& shape = run.model.shape();
  nlohmann::ordered_json object;
  object["norms"] = rows(norms(W, shape), shape);
  object["polysemanticity"] = rows(polysemanticity(W, shape), shape);
  object["net_interference"] = rows(net_interference(W, run.feature_probability, shape), shape);
  object["dimensionality"] = rows(dimensionality(W, shape), shape);
  object["dimensions_per_feature"] = dimensions_per_feature(W, shape);
  object["capacity"] = capacity(W, shape);
  object["loss"] = run.loss;
  add_tradeoff(object, run);
  if (!run.restart_loss.empty()) add_restarts(object, run);
  return object;
}

/// Every point with its values and its own instances' part of the metrics.
nlohmann::ordered_json metrics_json(const store::SweepResults& results) {
  std::vector<nlohmann::ordered_json> of_runs;
  of_runs.reserve(results.runs.size());
  for (const run::Run& run : results.runs) of_runs.push_back(metrics_json(run));
  auto points = nlohmann::ordered_json::array();
  for (const SweepPoint& point : results.points) {
    nlohmann::ordered_json object;
    object["values"] = sweep_values(point);
    object["run"] = store::sweep_run_path(point.run);
    object["first_instance"] = point.first_instance;
    object["n_instances"] = point.n_instances;
    for (const auto& [name, of_instances] : of_runs[point.run].items()) {
      const auto begin = of_instances.begin() + point.first_instance;
      object[name] =
          nlohmann::ordered_json(std::vector<nlohmann::ordered_json>(begin, begin + point.n_instances));
    }
    points.push_back(std::move(object));
  }
  return {{"points", std::move(points)}};
}

/// Every instance of every point.
void print_table(const store::SweepResults& results) {
  std::vector<std::string> header = {"point"};
  for (const auto& [key, value] : results.points.front().values) header.push_back(key);
  for (const char* name : {"run", "instance", "loss", "dimensions_per_feature"}) header.emplace_back(name);
  std::vector<std::vector<double>> per_feature;
  per_feature.reserve(results.runs.size());
  for (const run::Run& run : results.runs) {
    per_feature.push_back(dimensions_per_feature(run.model.W(), run.model.shape()));
  }

  std::vector<std::vector<std::string>> table;
  for (std::size_t p = 0; p < results.points.size(); ++p) {
    const SweepPoint& point = results.points[p];
    for (std::int64_t k = 0; k < point.n_instances; ++k) {
      const auto i = static_cast<std::size_t>(point.first_instance + k);
      std::vector<std::string> row = {fmt::format("{}", p)};
      // A list's points need not name the same keys.
      for (const auto& [key, ignored] : results.points.front().values) {
        const auto own = std::ranges::find(point.values, key, [](const auto& pair) { return pair.first; });
        row.push_back(own == point.values.end() ? "" : own->second);
      }
      row.push_back(store::sweep_run_path(point.run));
      row.push_back(fmt::format("{}", i));
      row.push_back(format_number(results.runs[point.run].loss[i], 6));
      row.push_back(format_number(per_feature[point.run][i], 4));
      table.push_back(std::move(row));
    }
  }
  fmt::print("{}", format_table(header, table));
}

/// What became of the restarts: the spread of their losses, or where their models are recorded, the losses by
/// outcome.
void print_restarts(const run::Run& run) {
  const bool by_outcome = !run.restart_models.empty();
  std::vector<std::vector<std::string>> table;
  for (std::size_t i = 0; i < run.model.shape().instances(); ++i) {
    const auto losses = restart_losses(run, i);
    if (by_outcome) {
      for (const OutcomeCount& count : restart_outcomes(run, i)) {
        table.push_back({fmt::format("{}", i), count.outcome,
                         fmt::format("{} of {}", count.restarts, losses.size()),
                         format_number(count.lowest_loss, 6)});
      }
    } else {
      const LossSpread spread = loss_spread(losses);
      table.push_back({fmt::format("{}", i), format_number(spread.lowest, 6), format_number(spread.median, 6),
                       format_number(spread.highest, 6), format_number(spread.share_of_lowest, 4),
                       fmt::format("{}", run.kept_restart[i])});
    }
  }
  const std::vector<std::string> outcome_header = {"instance", "outcome", "restarts", "lowest loss"};
  const std::vector<std::string> spread_header = {"instance",     "lowest loss",     "median loss",
                                                  "highest loss", "share of lowest", "kept restart"};
  fmt::print("\n{}", format_table(by_outcome ? outcome_header : spread_header, table));
}

void print_table(const run::Run& run) {
  const Shape& shape = run.model.shape();
  const auto lengths = norms(run.model.W(), shape);
  const auto mixed = polysemanticity(run.model.W(), shape);
  const auto per_feature = dimensions_per_feature(run.model.W(), shape);

  std::vector<std::vector<std::string>> table;
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto of_instance = [&](const auto& values) {
      return std::span(values).subspan(i * shape.features(), shape.features());
    };
    const auto mean = [](const auto& values) {
      return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    };
    const auto kept =
        std::ranges::count_if(of_instance(lengths), [](double norm) { return norm > kRepresentedNorm; });
    table.push_back({fmt::format("{}", i), format_number(mean(of_instance(run.feature_probability)), 4),
                     format_number(run.loss[i], 6), fmt::format("{}", kept), format_number(per_feature[i], 4),
                     format_number(mean(of_instance(mixed)), 4)});
  }
  fmt::print("{}", format_table({"instance", "feature_probability", "loss", "represented features",
                                 "dimensions_per_feature", "mean polysemanticity"},
                                table));
  if (!run.restart_loss.empty()) print_restarts(run);
}

}  // namespace

void add_metrics_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<MetricsCommand>();
  auto* sub = app.add_subcommand("metrics", "Measure a finished run or sweep");
  sub->add_option("RUN_DIR", command->directory, "A run directory")->required()->type_name("");
  sub->add_flag("--json", command->json, "Every metric of every feature as one JSON object");
  sub->callback([command, &action] { action = [command] { return metrics(*command); }; });
}

int metrics(const MetricsCommand& command) {
  if (store::is_sweep_directory(command.directory)) {
    const store::SweepResults results = store::load_sweep_results(command.directory);
    if (command.json) {
      fmt::print("{}\n", metrics_json(results).dump());
    } else {
      print_table(results);
    }
    return kDone;
  }
  const run::Run run = store::load_run(command.directory);
  if (command.json) {
    fmt::print("{}\n", metrics_json(run).dump());
  } else {
    print_table(run);
  }
  return kDone;
}

}  // namespace superpose::cli
