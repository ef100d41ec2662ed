#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "python/src/bindings.h"
#include "python/src/trainable_run.h"
#include "superpose/core/error.h"
#include "superpose/drawing/web/plotly.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/store/figure_file.h"
#include "superpose/store/run_study.h"

namespace superpose::python {
namespace {

namespace nb = nanobind;
using namespace nb::literals;

drawing::Figure build(const std::string& kind, const std::vector<const TrainableRun*>& runs) {
  const auto is_none = [](const TrainableRun* run) { return run == nullptr; };
  if (runs.empty() || std::ranges::any_of(runs, is_none)) throw InvalidRequest("runs: expected at least one");
  std::vector<const run::Run*> pointers;
  pointers.reserve(runs.size());
  for (const TrainableRun* run : runs) pointers.push_back(&run->run());
  return figures::find_figure_kind(kind).build(pointers);
}

/// directory: of a study.
drawing::Figure figures::build_of_study(const std::string& kind, const std::filesystem::path& directory) {
  return figures::build_of_study(figures::find_figure_kind(kind), store::load_study(directory));
}

}  // namespace

void bind_figures(nb::module_& module) {
  module.def(
      "figure_kinds",
      [] {
        std::vector<std::pair<std::string, std::string>> kinds;
        for (const auto& kind : figures::figure_kinds()) kinds.emplace_back(kind.name, kind.summary);
        return kinds;
      },
      "(name, summary) of every kind of figure.");
  module.def(
      "figure_json",
      [](const std::string& kind, const std::vector<const TrainableRun*>& runs) {
        return drawing::plotly_json(build(kind, runs));
      },
      "kind"_a, "runs"_a, "In Plotly's JSON schema; the last run is the main one.");
  module.def(
      "figure_file",
      [](const std::string& kind, const std::vector<const TrainableRun*>& runs,
         const std::filesystem::path& file) {
        store::check_format(file);
        store::render(build(kind, runs), file);
      },
      "kind"_a, "runs"_a, "file"_a, "Drawn into a file, in the format of its suffix.");
  module.def(
      "study_figure_json",
      [](const std::string& kind, const std::filesystem::path& directory) {
        return drawing::plotly_json(figures::build_of_study(kind, directory));
      },
      "kind"_a, "directory"_a);
  module.def(
      "study_figure_file",
      [](const std::string& kind, const std::filesystem::path& directory, const std::filesystem::path& file) {
        store::check_format(file);
        store::render(figures::build_of_study(kind, directory), file);
      },
      "kind"_a, "directory"_a, "file"_a);
}

}  // namespace superpose::python
