#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "python/src/trainable_run.h"
#include "superpose/core/error.h"
#include "superpose/core/stop.h"
#include "superpose/drawing/web/plotly.h"
#include "superpose/drawing/web/plotly_script.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/store/figure_file.h"
#include "superpose/store/files.h"
#include "superpose/store/run_study.h"

namespace superpose::python {
namespace {

namespace nb = nanobind;
using namespace nb::literals;

using Runs = std::vector<const TrainableRun*>;

void expect_runs(const Runs& runs) {
  const auto is_none = [](const TrainableRun* run) { return run == nullptr; };
  if (runs.empty() || std::ranges::any_of(runs, is_none))
    throw InvalidRequest({.key = "runs", .expected = "at least one"});
}

/// What `use` makes of a figure. Nobody sees the error: who asked to stop has one of their own.
template <class Use>
auto use_unless_stopped(const std::optional<drawing::Figure>& figure, const Use& use, const StopToken& stop) {
  if (!figure || stop.stop_requested()) throw Error("stopped");
  return use(*figure, stop);
}

/// What `use` makes of the figure, without the interpreter's lock. use(figure, stop token).
template <class Use>
auto with_figure(const std::string& kind, const Runs& runs, const Use& use) {
  expect_runs(runs);
  const figures::FigureKind& found = figures::find_figure_kind(kind);
  std::vector<run::Run> copies;
  for (const TrainableRun* run : runs) copies.push_back(run->snapshot(found.shows_history));
  return stoppable([&found, copies = std::move(copies), use](const StopToken& stop) {
    std::vector<const run::Run*> pointers;
    for (const run::Run& copy : copies) pointers.push_back(&copy);
    return use_unless_stopped(build_of_runs(found, pointers, stop), use, stop);
  });
}

/// What `use` makes of the figure of a study's directory, without the interpreter's lock.
template <class Use>
auto with_study_figure(const std::string& kind, const std::filesystem::path& directory, const Use& use) {
  return stoppable([kind, directory, use](const StopToken& stop) {
    const figures::FigureKind& found = figures::find_figure_kind(kind);
    return use_unless_stopped(figures::build_of_study(found, store::load_study(directory)), use, stop);
  });
}

/// Refuses what building the figure would refuse, as far as that takes no time.
void check_figure(const std::string& kind, const Runs& runs) {
  expect_runs(runs);
  const figures::FigureKind& found = figures::find_figure_kind(kind);
  if (found.check != nullptr) found.check(runs.back()->run());
}

/// A use: the figure in Plotly's JSON schema.
std::string to_json(const drawing::Figure& figure, const StopToken& /*stop*/) {
  return drawing::plotly_json(figure);
}

/// A use: draws into the file, in the format of its suffix.
auto into(const std::filesystem::path& file) {
  return [file, format = store::check_format(file)](const drawing::Figure& figure, const StopToken& stop) {
    const auto bytes = store::render(figure, format);
    if (stop.stop_requested()) return;  // and write nothing that nobody waits for
    store::write_whole(file, bytes);
  };
}

}  // namespace

void bind_figures(nb::module_& module) {
  using figures::FigureKind;
  nb::class_<FigureKind>(module, "FigureKind", "A kind of figure, and what it needs of the models it shows.")
      .def_ro("name", &FigureKind::name)
      .def_ro("summary", &FigureKind::summary)
      .def_ro("shows_history", &FigureKind::shows_history)
      .def_ro("shows_loss", &FigureKind::shows_loss)
      .def_ro("uses_data", &FigureKind::uses_data);
  module.def(
      "figure_kinds",
      [] {
        const auto kinds = figures::figure_kinds();
        return std::vector<FigureKind>(kinds.begin(), kinds.end());
      },
      "Every kind of figure.");
  module.def("find_figure_kind", &figures::find_figure_kind, "name"_a, nb::rv_policy::reference,
             "The kind of that name.");
  module.def(
      "has_plotly_script", [] { return !drawing::plotly_script().empty(); },
      "Whether pages carry plotly.js; else they load it.");
  module.def("give_plotly_script", &drawing::give_plotly_script, "script"_a,
             "Has pages carry this plotly.js.");
  module.def("check_figure", &check_figure, "kind"_a, "runs"_a,
             "Refuses runs that the kind cannot show, where drawing it takes long.");
  module.def(
      "figure_json",
      [](const std::string& kind, const Runs& runs) { return with_figure(kind, runs, &to_json); }, "kind"_a,
      "runs"_a, "In Plotly's JSON schema; the last run is the main one.");
  module.def(
      "figure_file",
      [](const std::string& kind, const Runs& runs, const std::filesystem::path& file) {
        with_figure(kind, runs, into(file));
      },
      "kind"_a, "runs"_a, "file"_a, "Drawn into a file, in the format of its suffix.");
  module.def(
      "study_figure_json",
      [](const std::string& kind, const std::filesystem::path& directory) {
        return with_study_figure(kind, directory, &to_json);
      },
      "kind"_a, "directory"_a);
  module.def(
      "study_figure_file",
      [](const std::string& kind, const std::filesystem::path& directory, const std::filesystem::path& file) {
        with_study_figure(kind, directory, into(file));
      },
      "kind"_a, "directory"_a, "file"_a);
}

}  // namespace superpose::python
