#include "apps/cli/metrics_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "apps/cli/output.h"
#include "apps/cli/table.h"
#include "superpose/core/error.h"
#include "superpose/run/metrics.h"
#include "superpose/run/table.h"
#include "superpose/store/run_directory.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"

namespace superpose::cli {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

/// (n_instances, n_features) as an array of arrays; numbers that are not finite become null.
Json rows(std::span<const double> values, const Shape& shape) {
  auto table = Json::array();
  for (std::size_t i = 0; i < shape.instances(); ++i)
    table.push_back(values.subspan(i * shape.features(), shape.features()));
  return table;
}

Json to_json(const std::vector<OutcomeCount>& outcomes, std::int64_t restarts) {
  auto counts = Json::array();
  for (const OutcomeCount& count : outcomes) {
    counts.push_back({{"outcome", count.outcome},
                      {"restarts", count.restarts},
                      {"share", static_cast<double>(count.restarts) / static_cast<double>(restarts)},
                      {"lowest_loss", count.lowest_loss}});
  }
  return counts;
}

/// How the restarts' losses are spread, instance by instance, and how many restarts had each outcome.
void add_restarts(Json& object, const run::RestartMetrics& metrics) {
  for (const run::NamedMetric& metric : named_metrics(metrics))
    object[std::string(metric.name)] = metric.values;
  object["kept_restart"] = metrics.kept_restart;
  if (metrics.outcomes.empty()) return;
  object["outcomes"] = Json::array();
  for (const auto& outcomes : metrics.outcomes)
    object["outcomes"].push_back(to_json(outcomes, metrics.restarts));
}

Json to_json(const run::Metrics& metrics) {
  Json object;
  for (const run::NamedMetric& metric : named_metrics(metrics))
    object[std::string(metric.name)] =
        metric.of_features ? rows(metric.values, metrics.shape) : Json(metric.values);
  if (metrics.restarts) add_restarts(object, *metrics.restarts);
  return object;
}

/// A sweep, measured: the metrics of each run.
struct MeasuredSweep {
  std::vector<SweepPoint> points;
  std::vector<run::Metrics> runs;
};

MeasuredSweep measure(const store::SweepResults& results) {
  MeasuredSweep measured{.points = results.points, .runs = {}};
  measured.runs.reserve(results.runs.size());
  for (const run::Run& run : results.runs) measured.runs.push_back(run::measure(run));
  return measured;
}

/// Every point with its values and the part of the metrics that belongs to its instances.
Json to_json(const MeasuredSweep& sweep) {
  std::vector<Json> of_runs;
  of_runs.reserve(sweep.runs.size());
  for (const run::Metrics& metrics : sweep.runs) of_runs.push_back(to_json(metrics));
  auto points = Json::array();
  for (const SweepPoint& point : sweep.points) {
    Json object;
    object["values"] = Json::parse(store::values_json(point));
    object["run"] = store::sweep_run_path(point.run);
    object["first_instance"] = point.first_instance;
    object["n_instances"] = point.n_instances;
    for (const auto& [name, of_instances] : of_runs[point.run].items()) {
      const auto begin = of_instances.begin() + point.first_instance;
      object[name] = Json(std::vector<Json>(begin, begin + point.n_instances));
    }
    points.push_back(std::move(object));
  }
  return {{"points", std::move(points)}};
}

/// The values that a point has for these keys; "" where it has none.
Row values_of(const SweepPoint& point, const std::vector<std::string>& keys) {
  Row values;
  for (const std::string& key : keys) {
    const auto own = std::ranges::find(point.values, key, [](const auto& pair) { return pair.first; });
    values.push_back(own == point.values.end() ? "" : own->second);
  }
  return values;
}

/// Every instance of every point.
std::string to_text(const MeasuredSweep& sweep) {
  const auto keys = swept_keys(sweep.points);
  Row header = {"point"};
  header.insert(header.end(), keys.begin(), keys.end());
  for (const char* name : {"run", "instance", "loss", "dimensions_per_feature"}) header.emplace_back(name);
  std::vector<Row> table;
  for (std::size_t p = 0; p < sweep.points.size(); ++p) {
    const SweepPoint& point = sweep.points[p];
    const run::Metrics& metrics = sweep.runs[point.run];
    for (std::int64_t k = 0; k < point.n_instances; ++k) {
      const auto i = static_cast<std::size_t>(point.first_instance + k);
      Row row = {fmt::to_string(p)};
      const Row values = values_of(point, keys);
      row.insert(row.end(), values.begin(), values.end());
      row.push_back(store::sweep_run_path(point.run));
      row.push_back(fmt::to_string(i));
      row.push_back(format_number(metrics.loss[i], 6));
      row.push_back(format_number(metrics.dimensions_per_feature[i], 4));
      table.push_back(std::move(row));
    }
  }
  return format_table(header, table);
}

/// How the restarts ended: the spread of their losses, or, where their models are recorded, the losses by
/// outcome.
std::string to_text(const run::RestartMetrics& restarts) {
  const bool by_outcome = !restarts.outcomes.empty();
  std::vector<Row> table;
  for (std::size_t i = 0; i < restarts.kept_restart.size(); ++i) {
    if (by_outcome) {
      for (const OutcomeCount& count : restarts.outcomes[i]) {
        table.push_back({fmt::to_string(i), count.outcome,
                         fmt::format("{} of {}", count.restarts, restarts.restarts),
                         format_number(count.lowest_loss, 6)});
      }
    } else {
      Row row = {fmt::to_string(i)};
      for (const auto* losses : {&restarts.lowest_loss, &restarts.median_loss, &restarts.highest_loss})
        row.push_back(format_number((*losses)[i], 6));
      row.push_back(format_number(restarts.share_of_lowest_loss[i], 4));
      row.push_back(fmt::to_string(restarts.kept_restart[i]));
      table.push_back(std::move(row));
    }
  }
  const Row outcome_header = {"instance", "outcome", "restarts", "lowest loss"};
  const Row spread_header = {"instance",     "lowest loss",     "median loss",
                             "highest loss", "share of lowest", "kept restart"};
  return "\n" + format_table(by_outcome ? outcome_header : spread_header, table);
}

std::string to_text(const run::Metrics& metrics) {
  std::vector<Row> table;
  for (std::size_t i = 0; i < metrics.shape.instances(); ++i) {
    const std::int64_t represented = metrics.represented_features[i];
    table.push_back({fmt::to_string(i), format_number(metrics.mean_feature_probability[i], 4),
                     format_number(metrics.loss[i], 6),
                     represented < 0 ? std::string(kNotFinite) : fmt::to_string(represented),
                     format_number(metrics.dimensions_per_feature[i], 4),
                     format_number(metrics.mean_polysemanticity[i], 4)});
  }
  std::string text = format_table({"instance", "feature_probability", "loss", "represented features",
                                   "dimensions_per_feature", "mean polysemanticity"},
                                  table);
  if (metrics.restarts) text += to_text(*metrics.restarts);
  return text;
}

run::Rows csv_rows(const MetricsCommand& command) {
  if (command.restarts) return run::Rows::kRestarts;
  return command.features ? run::Rows::kFeatures : run::Rows::kInstances;
}

void print_metrics(const auto& measured, const MetricsCommand& command) {
  command.json ? print_data(to_json(measured).dump() + "\n") : print_text(to_text(measured));
}

void print_metrics_of_sweep(const MetricsCommand& command) {
  const store::SweepResults sweep = store::load_sweep_results(command.directory);
  if (command.csv) {
    print_data(to_csv(make_table(sweep.points, sweep.runs, csv_rows(command))));
  } else {
    print_metrics(measure(sweep), command);
  }
}

void print_metrics_of_run(const MetricsCommand& command) {
  const run::Run run = store::load_run(command.directory);
  if (command.csv) {
    print_data(to_csv(make_table(run, csv_rows(command))));
  } else {
    print_metrics(run::measure(run), command);
  }
}

}  // namespace

void add_metrics_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<MetricsCommand>();
  auto* sub = app.add_subcommand("metrics", "Measure a finished run or sweep");
  sub->add_option("RUN_DIR", command->directory, "The directory of a run or a sweep")
      ->required()
      ->type_name("");
  auto* json = sub->add_flag("--json", command->json, "Every metric of every feature as one JSON object");
  auto* csv =
      sub->add_flag("--csv", command->csv,
                    "Comma-separated values, a line for every instance: swept values, loss, D*, capacity, "
                    "represented features, outcome")
          ->excludes(json);
  auto* restarts =
      sub->add_flag("--restarts", command->restarts, "With --csv: a line for every restart")->needs(csv);
  sub->add_flag("--features", command->features,
                "With --csv: a line for every feature, with every metric that --json has of it")
      ->needs(csv)
      ->excludes(restarts);
  sub->callback([command, &action] { action = [command] { return metrics(*command); }; });
}

int metrics(const MetricsCommand& command) {
  if (store::holds<study::Study>(command.directory)) {
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = command.directory.string()},
                          .expected = "a run's or sweep's directory",
                          .got = "a study's",
                          .hint = fmt::format("its numbers are the tensors of {}",
                                              (command.directory / store::kMeasurementsFile).string())});
  }
  store::holds<Sweep>(command.directory) ? print_metrics_of_sweep(command) : print_metrics_of_run(command);
  return kDone;
}

}  // namespace superpose::cli
