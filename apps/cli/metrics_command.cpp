#include "apps/cli/metrics_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "apps/cli/table.h"
#include "superpose/analysis/geometry.h"
#include "superpose/analysis/metrics.h"
#include "superpose/experiment/run_directory.h"

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

void print_json(const Run& run) {
  const auto W = run.model.W();
  const Shape& shape = run.model.shape();
  nlohmann::ordered_json object;
  object["norms"] = rows(norms(W, shape), shape);
  object["polysemanticity"] = rows(polysemanticity(W, shape), shape);
  object["net_interference"] = rows(net_interference(W, run.feature_probability, shape), shape);
  object["dimensionality"] = rows(dimensionality(W, shape), shape);
  object["dimensions_per_feature"] = dimensions_per_feature(W, shape);
  object["loss"] = run.loss;
  fmt::print("{}\n", object.dump());
}

void print_table(const Run& run) {
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
}

}  // namespace

void add_metrics_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<MetricsCommand>();
  auto* sub = app.add_subcommand("metrics", "Measure a finished run");
  sub->add_option("RUN_DIR", command->directory, "A run directory")->required()->type_name("");
  sub->add_flag("--json", command->json, "Every metric of every feature as one JSON object");
  sub->callback([command, &action] { action = [command] { return metrics(*command); }; });
}

int metrics(const MetricsCommand& command) {
  const Run run = load_run(command.directory);
  if (command.json) {
    print_json(run);
  } else {
    print_table(run);
  }
  return kDone;
}

}  // namespace superpose::cli
