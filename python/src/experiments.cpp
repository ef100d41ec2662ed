#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "python/src/trainable_run.h"
#include "superpose/core/error.h"
#include "superpose/paper/catalogue.h"
#include "superpose/paper/run_paper.h"
#include "superpose/store/available_memory.h"
#include "superpose/store/description.h"
#include "superpose/store/files.h"
#include "superpose/store/run_experiment.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"

namespace superpose::python {
namespace {

using namespace nb::literals;

/// Work that goes on in one thread while another one watches it and may stop it.
struct Job {
  std::atomic<bool> stop = false;
  std::atomic<std::int64_t> step = 0, steps = 0;  ///< of the training that it is at

  /// Sees the training in passing.
  [[nodiscard]] std::pair<std::int64_t, Observer> watch(std::int64_t every) {
    return {every, [this](const Observation& observation) {
              step = observation.step + 1;
              steps = observation.steps;
            }};
  }
};

std::string_view outcome_name(store::RunOutcome outcome) {
  switch (outcome) {
    case store::RunOutcome::kFinished:
      return "finished";
    case store::RunOutcome::kStopped:
      return "stopped";
    case store::RunOutcome::kAlreadyDone:
      return "already done";
  }
  throw Error("an outcome without a name");
}

/// How an experiment file is to be run.
struct FileRequest {
  std::filesystem::path file, directory;
  std::vector<std::string> overrides;
  int threads = 0;
  bool resume = false;
};

/// Carries out what a file asks for, by what it is.
struct CarryOut {
  const FileRequest& request;
  Job& job;

  [[nodiscard]] store::RunOutcome operator()(const Experiment& experiment) const {
    return store::run_experiment(experiment, {.directory = request.directory,
                                              .threads = request.threads,
                                              .resume = request.resume,
                                              .stop = &job.stop,
                                              .observers = {job.watch(experiment.record.every)}});
  }
  [[nodiscard]] store::RunOutcome operator()(const Sweep& sweep) const {
    return store::run_sweep(sweep, {.directory = request.directory,
                                    .threads = request.threads,
                                    .resume = request.resume,
                                    .stop = &job.stop,
                                    .progress_every = sweep.runs.front().record.every,
                                    .progress = [this](const TrainingProgress& progress) {
                                      job.step = progress.step;
                                      job.steps = progress.steps;
                                    }});
  }
  [[nodiscard]] store::RunOutcome operator()(const study::Study& study) const {
    return store::run_study(study, {.directory = request.directory,
                                    .resume = request.resume,
                                    .measure = {.threads = request.threads, .stop = &job.stop}});
  }
};

store::RunOutcome run_file(const FileRequest& request, Job& job) {
  const nb::gil_scoped_release unlock;
  const auto description = store::parse_description({.text = store::read_text(request.file),
                                                     .file = request.file.string(),
                                                     .overrides = request.overrides,
                                                     .memory_limit = store::available_bytes()});
  return std::visit(CarryOut{request, job}, description);
}

/// [({key: TOML}, run, first_instance, n_instances)], and the runs.
using Point = std::tuple<std::map<std::string, std::string>, std::size_t, std::int64_t, std::int64_t>;
std::pair<std::vector<Point>, nb::typed<nb::list, TrainableRun>> load_sweep(
    const std::filesystem::path& directory) {
  store::SweepResults results = unlocked([&] { return store::load_sweep_results(directory); });
  std::vector<Point> points;
  for (const SweepPoint& point : results.points) {
    points.emplace_back(std::map<std::string, std::string>(point.values.begin(), point.values.end()),
                        point.run, point.first_instance, point.n_instances);
  }
  nb::typed<nb::list, TrainableRun> runs;
  for (run::Run& run : results.runs)
    runs.append(nb::cast(new TrainableRun(std::move(run)), nb::rv_policy::take_ownership));
  return {std::move(points), std::move(runs)};
}

/// ([(claim, expected, measured, holds, seeds)], kinds of figures, seconds); empty when stopped.
using ClaimFields = std::tuple<std::string, std::string, double, bool, std::int64_t>;
std::tuple<std::vector<ClaimFields>, std::vector<std::string>, double> run_paper(
    const std::string& entry, const std::filesystem::path& directory,
    const std::vector<std::string>& overrides, int threads, Job& job) {
  const nb::gil_scoped_release unlock;
  const paper::PaperPlan plan = paper::plan_paper(paper::find_catalogue_entry(entry), directory, overrides);
  const auto result = paper::carry_out(
      plan, {.threads = threads, .stop = &job.stop, .observers = [&](const Experiment& experiment) {
               return std::vector{job.watch(experiment.record.every)};
             }});
  if (!result) return {};
  std::vector<ClaimFields> claims;
  for (const paper::Claim& claim : result->report.claims)
    claims.emplace_back(claim.claim, claim.expected(), claim.measured, claim.holds(), claim.seeds);
  return {std::move(claims), result->report.figures, result->report.seconds};
}

}  // namespace

void bind_experiments(nb::module_& module) {
  nb::class_<Job>(module, "Job", "Work in another thread, to be watched and stopped.")
      .def(nb::init<>())
      .def(
          "stop", [](Job& job) { job.stop = true; }, "Asks it to stop soon.")
      .def_prop_ro(
          "step", [](const Job& job) { return job.step.load(); }, "Steps taken.")
      .def_prop_ro(
          "steps", [](const Job& job) { return job.steps.load(); }, "Steps there are; 0: not known yet.");
  module.def(
      "run_file",
      [](std::filesystem::path file, std::filesystem::path directory, std::vector<std::string> overrides,
         int threads, bool resume, Job& job) {
        return std::string(outcome_name(run_file({.file = std::move(file),
                                                  .directory = std::move(directory),
                                                  .overrides = std::move(overrides),
                                                  .threads = threads,
                                                  .resume = resume},
                                                 job)));
      },
      "file"_a, "directory"_a, "overrides"_a, "threads"_a, "resume"_a, "job"_a,
      "Trains or measures what a file asks for: 'finished', 'stopped' or 'already done'.");
  module.def(
      "directory_kind",
      [](const std::filesystem::path& directory) { return store::kind_of_results(directory); }, "directory"_a,
      "'run', 'sweep' or 'study'.");
  module.def(
      "load_run",
      [](const std::filesystem::path& directory) {
        return new TrainableRun(unlocked([&] { return store::load_run(directory); }));
      },
      "directory"_a, nb::rv_policy::take_ownership);
  module.def("load_sweep", &load_sweep, "directory"_a,
             "([(values, run, first_instance, n_instances)], runs)");
  module.def("sweep_run_path", &store::sweep_run_path, "run"_a,
             "Where a run is, from its sweep's directory.");
  module.def(
      "papers",
      [] {
        std::vector<std::pair<std::string, std::string>> entries;
        for (const paper::CatalogueEntry& entry : paper::catalogue())
          entries.emplace_back(entry.name, entry.summary);
        return entries;
      },
      "(name, summary) of every experiment of the paper.");
  module.def("run_paper", &run_paper, "name"_a, "directory"_a, "overrides"_a, "threads"_a, "job"_a,
             "Trains, draws and measures one: (claims, kinds of figures, seconds).");
  module.def(
      "study_summary",
      [](const std::filesystem::path& directory) {
        const study::StudyRun run = store::load_study(directory);
        return std::tuple(run.study.name, std::string(study::kind_name(run.study)), to_toml(run.study));
      },
      "directory"_a, "(name, kind, toml) of a finished study.");
}

}  // namespace superpose::python
