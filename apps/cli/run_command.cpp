#include "apps/cli/run_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <span>

#include "apps/cli/table.h"
#include "superpose/store/available_memory.h"
#include "superpose/store/files.h"

namespace superpose::cli {
namespace {

constexpr std::size_t kMostRows = 20;  // instances in the summary

void print_summary(const run::Run& run, std::string_view how, const std::filesystem::path& directory) {
  const Shape& shape = run.experiment.model.shape;
  fmt::print("{}: {} instance{} of {} features in {} dimensions, {} steps {}, written to {}\n\n",
             run.experiment.name, shape.n_instances, shape.n_instances == 1 ? "" : "s", shape.n_features,
             shape.n_hidden, run.experiment.train.steps, how, directory.string());

  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < std::min(run.loss.size(), kMostRows); ++i) {
    const auto p = std::span(run.feature_probability).subspan(i * shape.features(), shape.features());
    const double mean = std::accumulate(p.begin(), p.end(), 0.0) / static_cast<double>(p.size());
    rows.push_back({fmt::format("{}", i), format_number(mean, 4), format_number(run.loss[i], 6)});
  }
  fmt::print("{}", format_table({"instance", "feature_probability", "loss"}, rows));
  if (run.loss.size() > kMostRows) fmt::print("... and {} more\n", run.loss.size() - kMostRows);
}

/// How long it took, for the summary.
std::string describe_duration(store::RunOutcome outcome, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return outcome == store::RunOutcome::kAlreadyDone ? "done before"
                                                    : fmt::format("in {:.2f} s", elapsed.count());
}

/// A study in the place of an experiment.
int run_measurements(const study::Study& study, const RunCommand& command) {
  const auto start = std::chrono::steady_clock::now();
  const auto& directory = command.training.directory;
  const store::RunOutcome outcome = measure(study, directory, command.training, command.resume);
  if (outcome == store::RunOutcome::kStopped) {
    fmt::print(stderr, "superpose: stopped; start over with `{}`\n", store::resume_command(directory));
    return kFailed;
  }
  const study::StudyRun run = store::load_study(directory);
  const auto* toys = std::get_if<study::CompressedSensingResult>(&run.result);
  const int status = toys == nullptr ? kDone : report_losses_that_are_not_finite(toys->loss, directory);
  if (command.training.quiet) return status;
  fmt::print("{}: {} measured {}, written to {}\n\n", study.name, study::kind_name(study),
             describe_duration(outcome, start), directory.string());
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, tensor] : to_tensors(run).tensors)
    rows.push_back({name, fmt::format("({})", fmt::join(tensor.shape, ", "))});
  fmt::print("{}", format_table({"measurement", "shape"}, rows));
  return status;
}

/// A sweep in the place of one experiment.
int run_points(const Sweep& sweep, const RunCommand& command) {
  const auto start = std::chrono::steady_clock::now();
  const auto& directory = command.training.directory;
  const store::RunOutcome outcome = train(sweep, directory, command.training, command.resume);
  if (outcome == store::RunOutcome::kStopped) {
    fmt::print(stderr, "superpose: stopped; go on from there with `{}`\n", store::resume_command(directory));
    return kFailed;
  }
  const store::SweepResults results = store::load_sweep_results(directory);
  if (!command.training.quiet) {
    fmt::print("{}: {} points in {} run{} {}, written to {}\n", results.runs.front().experiment.name,
               results.points.size(), results.runs.size(), results.runs.size() == 1 ? "" : "s",
               describe_duration(outcome, start), directory.string());
  }
  int status = kDone;
  for (std::size_t i = 0; i < results.runs.size(); ++i) {
    status = std::max(status, report_losses_that_are_not_finite(results.runs[i].loss,
                                                                directory / store::sweep_run_path(i)));
  }
  return status;
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<RunCommand>();
  auto* sub = app.add_subcommand("run", "Train an experiment into a run directory");
  sub->add_option("EXPERIMENT.toml", command->experiment, "The experiment file (docs/experiment-file.md)")
      ->required()
      ->type_name("");
  add_training_options(*sub, command->training)->required();
  sub->add_flag("--resume", command->resume,
                "Go on from where an interrupted run of this experiment stopped");
  sub->callback([command, &action] { action = [command] { return run(*command); }; });
}

int run(const RunCommand& command) {
  const ExperimentSource source{.text = store::read_text(command.experiment),
                                .file = command.experiment.string(),
                                .overrides = command.training.overrides,
                                .memory_limit = store::available_bytes()};
  if (study::is_study(source.text, source.file)) return run_measurements(study::parse_study(source), command);
  if (is_sweep(source.text, source.file)) return run_points(parse_sweep(source), command);

  const auto start = std::chrono::steady_clock::now();
  const auto& directory = command.training.directory;
  const Experiment experiment = parse_experiment(source);

  const store::RunOutcome outcome = train(experiment, directory, command.training, command.resume);
  if (outcome == store::RunOutcome::kStopped) {
    fmt::print(stderr, "superpose: stopped; go on from there with `{}`\n", store::resume_command(directory));
    return kFailed;
  }

  const run::Run result = store::load_run(directory);
  if (!command.training.quiet) print_summary(result, describe_duration(outcome, start), directory);
  return report_losses_that_are_not_finite(result.loss, directory);
}

}  // namespace superpose::cli
