#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
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
#include "superpose/store/carry_out.h"
#include "superpose/store/files.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"

namespace superpose::python {
namespace {

using namespace nb::literals;

/// Work that goes on in one thread while another one watches it and may stop it.
struct Background {
  StopSource stop;
  std::atomic<std::int64_t> step = 0, steps = 0;  ///< of the training that it is at
  std::mutex mutex;
  std::vector<std::string> warnings;  ///< that nobody has taken yet

  /// Keeps a warning for the watching thread.
  [[nodiscard]] store::Warn warn() {
    return [this](const std::string& line) {
      const std::scoped_lock lock(mutex);
      warnings.push_back(line);
    };
  }
  [[nodiscard]] std::vector<std::string> take_warnings() {
    const std::scoped_lock lock(mutex);
    return std::exchange(warnings, {});
  }

  /// Sees how far the training is.
  [[nodiscard]] store::TellProgress watch() {
    return [this](const TrainingProgress& progress) {
      step = progress.step;
      steps = progress.steps;
    };
  }
};

std::string_view name_of(store::Completion completion) {
  switch (completion) {
    case store::Completion::kFinished:
      return "finished";
    case store::Completion::kStopped:
      return "stopped";
    case store::Completion::kAlreadyDone:
      return "already done";
  }
  throw Error("a completion without a name");
}

/// How an experiment file is to be run.
struct FileRequest {
  std::filesystem::path file, directory;
  std::vector<std::string> overrides;
  int threads = 0;
  bool resume = false, overwrite = false;
};

/// (how it ended, whether the directory was moved meanwhile)
std::pair<std::string_view, bool> run_file(const FileRequest& request, Background& work) {
  const nb::gil_scoped_release unlock;
  const auto description = store::parse_description({.text = store::read_text(request.file),
                                                     .file = request.file.string(),
                                                     .overrides = request.overrides,
                                                     .memory_limit = store::available_bytes()});
  const store::RunEnd end = store::carry_out(description, {.directory = request.directory,
                                                           .threads = request.threads,
                                                           .resume = request.resume,
                                                           .overwrite = request.overwrite,
                                                           .stop = work.stop.get_token(),
                                                           .progress = work.watch(),
                                                           .warn = work.warn()});
  return {name_of(end.completion), end.directory.is_moved()};
}

/// The points of a sweep, and its runs.
std::pair<std::vector<SweepPoint>, nb::typed<nb::list, TrainableRun>> load_sweep(
    const std::filesystem::path& directory) {
  store::SweepResults results = unlocked([&] { return store::load_sweep_results(directory); });
  nb::typed<nb::list, TrainableRun> runs;
  for (run::Run& run : results.runs)
    runs.append(nb::cast(new TrainableRun(std::move(run)), nb::rv_policy::take_ownership));
  return {std::move(results.points), std::move(runs)};
}

/// claim, expected, measured, holds, seeds, spread
using ClaimFields = std::tuple<std::string, std::string, double, bool, std::int64_t,
                               std::optional<std::pair<double, double>>>;
/// claims, notes, kinds of figures, seconds
using PaperFields =
    std::tuple<std::vector<ClaimFields>, std::vector<std::string>, std::vector<std::string>, double>;

ClaimFields fields_of(const paper::Claim& claim) {
  std::optional<std::pair<double, double>> spread;
  if (claim.spread) spread.emplace(claim.spread->lowest, claim.spread->highest);
  return {claim.claim, claim.expected(), claim.measured, claim.holds(), claim.seeds, spread};
}

/// How an experiment of the paper is to be carried out.
struct PaperRequest {
  std::string entry;
  std::filesystem::path directory;
  std::vector<std::string> overrides;
  int threads = 0;
  bool resume = false, overwrite = false;
};

/// returns: nothing when stopped.
std::optional<PaperFields> run_paper(const PaperRequest& request, Background& work) {
  const nb::gil_scoped_release unlock;
  const paper::PaperPlan plan =
      paper::plan_paper(paper::find_catalogue_entry(request.entry), request.directory, request.overrides);
  const auto result = paper::carry_out(plan, {.threads = request.threads,
                                              .resume = request.resume,
                                              .overwrite = request.overwrite,
                                              .stop = work.stop.get_token(),
                                              .progress = [&] { return work.watch(); },
                                              .warn = work.warn()});
  if (!result) return std::nullopt;
  const paper::ReportEntry& report = result->report;
  std::vector<ClaimFields> claims;
  for (const paper::Claim& claim : report.claims) claims.push_back(fields_of(claim));
  return PaperFields{std::move(claims), report.notes, report.figures, report.seconds};
}

}  // namespace

void bind_experiments(nb::module_& module) {
  nb::class_<Background>(module, "Background", "Work in another thread, to be watched and stopped.")
      .def(nb::init<>())
      .def(
          "stop", [](Background& work) { work.stop.request_stop(); }, "Asks it to stop soon.")
      .def("take_warnings", &Background::take_warnings, "What it has warned of since this was last called.")
      .def_prop_ro(
          "step", [](const Background& work) { return work.step.load(); }, "Steps taken.")
      .def_prop_ro(
          "steps", [](const Background& work) { return work.steps.load(); },
          "Steps there are; 0: not known yet.");
  module.def(
      "run_file",
      [](std::filesystem::path file, std::filesystem::path directory, std::vector<std::string> overrides,
         int threads, bool resume, bool overwrite, Background& work) {
        return run_file({.file = std::move(file),
                         .directory = std::move(directory),
                         .overrides = std::move(overrides),
                         .threads = threads,
                         .resume = resume,
                         .overwrite = overwrite},
                        work);
      },
      "file"_a, "directory"_a, "overrides"_a, "threads"_a, "resume"_a, "overwrite"_a, "work"_a,
      "Trains or measures what a file asks for: ('finished', 'stopped' or 'already done', whether the "
      "directory was moved meanwhile).");
  module.def(
      "directory_kind",
      [](const std::filesystem::path& directory) {
        const auto there = store::find_description(directory);
        return there ? store::noun(*there) : std::string_view("run");
      },
      "directory"_a, "'run', 'sweep' or 'study'; 'run', too, where there are no results.");
  module.def(
      "load_run",
      [](const std::filesystem::path& directory) {
        return new TrainableRun(unlocked([&] { return store::load_run(directory); }));
      },
      "directory"_a, nb::rv_policy::take_ownership);
  module.def("load_sweep", &load_sweep, "directory"_a, "(points, runs)");
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
  module.def(
      "run_paper",
      [](std::string name, std::filesystem::path directory, std::vector<std::string> overrides, int threads,
         bool resume, bool overwrite, Background& work) {
        return run_paper({.entry = std::move(name),
                          .directory = std::move(directory),
                          .overrides = std::move(overrides),
                          .threads = threads,
                          .resume = resume,
                          .overwrite = overwrite},
                         work);
      },
      "name"_a, "directory"_a, "overrides"_a, "threads"_a, "resume"_a, "overwrite"_a, "work"_a,
      "Trains, draws and measures one: (claims, notes, kinds of figures, seconds); None when stopped.");
  module.def(
      "study_summary",
      [](const std::filesystem::path& directory) {
        const study::StudyRun run = store::load_study(directory);
        return std::tuple(run.study.name, std::string(study::kind_name(run.study)), to_toml(run.study));
      },
      "directory"_a, "(name, kind, toml) of a finished study.");
}

}  // namespace superpose::python
