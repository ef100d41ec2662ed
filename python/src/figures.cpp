#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
#include "superpose/figures/order.h"
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

/// A figure that was built. It stays as it is, whatever becomes of the models.
struct Drawing {
  std::shared_ptr<const drawing::Figure> figure;  ///< shared with work that Ctrl-C left behind
};

/// The figure that was built. Nobody sees the error: who asked to stop has one of their own.
Drawing unless_stopped(std::optional<drawing::Figure> figure, const StopToken& stop) {
  if (!figure || stop.stop_requested()) throw Error("stopped");
  return {.figure = std::make_shared<const drawing::Figure>(*std::move(figure))};
}

/// A length: a number of inches, or text with a unit.
double length(std::string_view name, nb::handle value) {
  return nb::isinstance<nb::str>(value) ? figures::parse_length(name, nb::cast<std::string>(value))
                                        : figures::checked_length(name, nb::cast<double>(value));
}

/// What Python asks for, as plot.py checked it.
using Wanted = nb::typed<nb::dict, nb::str, nb::object>;

figures::Order order_of(const Wanted& wanted) {
  figures::Order order;
  for (const auto& [key, value] : wanted) {
    const auto name = nb::cast<std::string>(key);
    if (name == "width") order.width = length(name, value);
    if (name == "height") order.height = length(name, value);
    if (name == "font") order.font = nb::cast<std::string>(value);
    if (name == "font_size") order.font_size = nb::cast<double>(value);
    if (name == "title") order.title = nb::cast<std::string>(value);
    if (name == "theme") order.theme = figures::parse_theme(nb::cast<std::string>(value));
    if (name == "which") order.which = nb::cast<std::vector<std::int64_t>>(value);
  }
  figures::check_font_size(order.font_size);
  return order;
}

/// The figure of models, built without the interpreter's lock.
Drawing draw(const std::string& kind, const Runs& runs, const Wanted& wanted) {
  expect_runs(runs);
  const figures::Order order = order_of(wanted);
  const figures::FigureKind& found = figures::find_figure_kind(kind);
  std::vector<run::Run> copies;
  for (const TrainableRun* run : runs) copies.push_back(run->snapshot(found.shows_history));
  return stoppable([&found, copies = std::move(copies), order](const StopToken& stop) {
    std::vector<const run::Run*> pointers;
    for (const run::Run& copy : copies) pointers.push_back(&copy);
    return unless_stopped(build_of_runs(found, pointers, stop, order), stop);
  });
}

/// The figure of a study's directory, built without the interpreter's lock.
Drawing draw_study(const std::string& kind, const std::filesystem::path& directory, const Wanted& wanted) {
  return stoppable([kind, directory, order = order_of(wanted)](const StopToken& stop) {
    const figures::FigureKind& found = figures::find_figure_kind(kind);
    return unless_stopped(figures::build_of_study(found, store::load_study(directory), order), stop);
  });
}

/// The figure of a sweep's table of instances, built without the interpreter's lock.
Drawing draw_sweep(const std::string& kind, const run::Table& table, figures::SweepView view,
                   const Wanted& wanted) {
  return stoppable([kind, table, view = std::move(view), order = order_of(wanted)](const StopToken& stop) {
    const figures::FigureKind& found = figures::find_figure_kind(kind);
    return unless_stopped(figures::build_of_sweep(found, table, view, order), stop);
  });
}

/// Refuses what building the figure would refuse, as far as that takes no time.
void check_figure(const std::string& kind, const Runs& runs) {
  expect_runs(runs);
  const figures::FigureKind& found = figures::find_figure_kind(kind);
  if (found.check != nullptr) found.check(runs.back()->run());
}

/// The figure in Plotly's JSON schema.
std::string json(const Drawing& drawing) {
  return stoppable(
      [figure = drawing.figure](const StopToken& /*stop*/) { return drawing::plotly_json(*figure); });
}

/// The figure as the text of an SVG file.
std::string svg(const Drawing& drawing) {
  return stoppable([figure = drawing.figure](const StopToken& /*stop*/) {
    const auto bytes = store::render(*figure, store::FileFormat::kSvg);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
}

/// Draws into the file, in the format of its suffix.
void save(const Drawing& drawing, const std::filesystem::path& file, double dpi, bool outlines) {
  const store::FileFormat format = store::check_format(file);
  const store::FileOptions options = {.dpi = dpi, .outlines = outlines};
  stoppable([figure = drawing.figure, file, format, options](const StopToken& stop) {
    const auto bytes = store::render(*figure, format, options);
    if (stop.stop_requested()) return;  // and write nothing that nobody waits for
    store::write_whole(file, bytes);
  });
}

}  // namespace

void bind_figures(nb::module_& module) {
  using figures::FigureKind;
  nb::class_<FigureKind>(module, "FigureKind", "A kind of figure, and what it needs of the models it shows.")
      .def_ro("name", &FigureKind::name)
      .def_ro("summary", &FigureKind::summary)
      .def_prop_ro("shows_sweeps", [](const FigureKind& kind) { return kind.build_sweep != nullptr; })
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
      "check_figure_file", [](const std::filesystem::path& file) { store::check_format(file); }, "file"_a,
      "Refuses a file whose suffix names no format.");
  nb::class_<Drawing>(module, "Drawing", "A figure that was built, in every form that somebody may want.")
      .def("json", &json, "In Plotly's JSON schema.")
      .def("svg", &svg, "The text of an SVG file.")
      .def("save", &save, "file"_a, "dpi"_a, "outlines"_a, "Draws into a file, in the format of its suffix.");
  module.def("draw", &draw, "kind"_a, "runs"_a, "order"_a,
             "The figure of runs; the last one is the main one.");
  module.def("draw_study", &draw_study, "kind"_a, "directory"_a, "order"_a, "The figure of a study.");
  using figures::SweepView;
  nb::class_<SweepView>(module, "SweepView", "What a figure of a sweep shows; empty: the library chooses.")
      .def(
          "__init__",
          [](SweepView* self, std::string name, std::string metric, std::string x, std::string y) {
            new (self) SweepView{
                .name = std::move(name), .metric = std::move(metric), .x = std::move(x), .y = std::move(y)};
          },
          "name"_a, "metric"_a, "x"_a, "y"_a);
  module.def("draw_sweep", &draw_sweep, "kind"_a, "table"_a, "view"_a, "order"_a,
             "The figure of a sweep's table of instances.");
  module.def(
      "check_view",
      [](const std::string& kind, const SweepView& view) {
        figures::check_view(figures::find_figure_kind(kind), view);
      },
      "kind"_a, "view"_a, "Refuses what only figures of sweeps can be told.");
}

}  // namespace superpose::python
