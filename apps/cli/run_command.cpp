#include "apps/cli/run_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <span>

#include "apps/cli/hints.h"
#include "apps/cli/output.h"
#include "apps/cli/table.h"
#include "superpose/drawing/labels.h"
#include "superpose/store/available_memory.h"
#include "superpose/store/files.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"

namespace superpose::cli {
namespace {

constexpr std::size_t kMostRows = 20;  // instances in the summary

/// A name on a line, of a length that a line has room for.
std::string shown_name(const std::string& name) {
  return drawing::one_line(printable(name), 80);
}

/// The directory of results, for the summary.
std::string where(const store::Directory& directory) {
  const std::string path = printable(directory.path().string());
  return directory.is_moved() ? "what was " + path : path;
}

void print_summary(const run::Run& run, std::string_view how, const store::Directory& directory) {
  const Shape& shape = run.experiment.model.shape;
  say("{}: {} instance{} of {} features in {} dimensions, {} steps {}, written to {}\n\n",
      shown_name(run.experiment.name), shape.n_instances, shape.n_instances == 1 ? "" : "s", shape.n_features,
      shape.n_hidden, run.experiment.train.steps, how, where(directory));

  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < std::min(run.loss.size(), kMostRows); ++i) {
    const auto p = std::span(run.feature_probability).subspan(i * shape.features(), shape.features());
    const double mean = std::accumulate(p.begin(), p.end(), 0.0) / static_cast<double>(p.size());
    rows.push_back({fmt::format("{}", i), format_number(mean, 4), format_number(run.loss[i], 6)});
  }
  say("{}", format_table({"instance", "feature_probability", "loss"}, rows));
  if (run.loss.size() > kMostRows) say("... and {} more\n", run.loss.size() - kMostRows);
}

/// How long it took, for the summary.
std::string describe_duration(store::Completion completion, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return completion == store::Completion::kAlreadyDone ? "done before (--overwrite starts over)"
                                                       : fmt::format("in {:.2f} s", elapsed.count());
}

/// Prints the summary of a finished directory. returns: an exit status, by whether all losses are finite.
int report(const study::Study& study, const store::Directory& directory, std::string_view how, bool quiet) {
  const study::StudyRun run = store::load_study(directory);
  const int status = report_losses_that_are_not_finite(study::losses(run.result), directory.path());
  if (quiet) return status;
  say("{}: {} measured {}, written to {}\n\n", shown_name(study.name), study::kind_name(study), how,
      where(directory));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, tensor] : to_tensors(run).tensors)
    rows.push_back({name, fmt::format("({})", fmt::join(tensor.shape, ", "))});
  say("{}", format_table({"measurement", "shape"}, rows));
  return status;
}

int report(const Sweep& sweep, const store::Directory& directory, std::string_view how, bool quiet) {
  const store::SweepResults results = store::load_sweep_results(directory);
  if (!quiet) {
    say("{}: {} points in {} run{} {}, written to {}\n", shown_name(sweep.runs.front().name),
        results.points.size(), results.runs.size(), results.runs.size() == 1 ? "" : "s", how,
        where(directory));
  }
  int status = kDone;
  for (std::size_t i = 0; i < results.runs.size(); ++i) {
    status = std::max(status, report_losses_that_are_not_finite(results.runs[i].loss,
                                                                directory / store::sweep_run_path(i)));
  }
  return status;
}

int report(const Experiment& /*experiment*/, const store::Directory& directory, std::string_view how,
           bool quiet) {
  const run::Run result = store::load_run(directory);
  if (!quiet) print_summary(result, how, directory);
  return report_losses_that_are_not_finite(result.loss, directory.path());
}

/// Says what to do after an interruption.
int report_stopped(const store::Directory& directory) {
  // Its path is no longer known, and may be another one's by now.
  const std::filesystem::path path = directory.is_moved() ? "DIR" : directory.path();
  tell(fmt::format("stopped; go on from there with `{}`{}", resume_command(path),
                   directory.is_moved() ? ", DIR being where it is now" : ""));
  return kFailed;
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<RunCommand>();
  auto* sub = app.add_subcommand("run", "Train an experiment into a run directory");
  sub->add_option("EXPERIMENT.toml", command->experiment, "The experiment file (docs/experiment-file.md)")
      ->required()
      ->type_name("");
  add_training_options(*sub, command->training)->required();
  sub->callback([command, &action] { action = [command] { return run(*command); }; });
}

int run(const RunCommand& command) {
  const auto start = std::chrono::steady_clock::now();
  const auto description = store::parse_description({.text = store::read_text(command.experiment),
                                                     .file = command.experiment.string(),
                                                     .overrides = command.training.overrides,
                                                     .memory_limit = store::available_bytes()});
  const auto [completion, directory] = carry_out(description, command.training);
  if (directory.is_moved())
    tell(fmt::format("{}: was moved meanwhile: the results are in it", directory.path().string()));
  if (completion == store::Completion::kStopped) return report_stopped(directory);
  const std::string how = describe_duration(completion, start);
  return std::visit(
      [&, &at = directory](const auto& what) { return report(what, at, how, command.training.quiet); },
      description);
}

}  // namespace superpose::cli
