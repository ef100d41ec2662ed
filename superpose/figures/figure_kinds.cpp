#include "superpose/figures/figure_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/drawing/fit.h"
#include "superpose/drawing/labels.h"
#include "superpose/experiment/suggestion.h"
#include "superpose/figures/compressed_sensing_figure.h"
#include "superpose/figures/dimensionality_figure.h"
#include "superpose/figures/dynamics_figure.h"
#include "superpose/figures/features_figure.h"
#include "superpose/figures/graph_figure.h"
#include "superpose/figures/inhibition_figure.h"
#include "superpose/figures/intro_figure.h"
#include "superpose/figures/johnson_lindenstrauss_figure.h"
#include "superpose/figures/neurons_figure.h"
#include "superpose/figures/not_finite.h"
#include "superpose/figures/packing_figure.h"
#include "superpose/figures/pentagon_figure.h"
#include "superpose/figures/phase_figure.h"
#include "superpose/figures/sets_figure.h"
#include "superpose/figures/vulnerability_figure.h"
#include "superpose/run/instances.h"
#include "superpose/run/phase_grid.h"

namespace superpose::figures {
namespace {

/// A figure of one kind of study.
template <class Kind, drawing::Figure (*figure)(const study::Study&, const Kind&,
                                                const typename Kind::Result&, const Wanted&)>
drawing::Figure of_study(const study::StudyRun& run, const Wanted& wanted) {
  const auto* kind = std::get_if<Kind>(&run.study.kind);
  if (kind == nullptr) {
    throw InvalidRequest({.place = argument_place("figure"),
                          .expected = fmt::format("a study of the kind \"{}\"", Kind::kName),
                          .got = fmt::format("\"{}\"", study::kind_name(run.study))});
  }
  drawing::Figure built = figure(run.study, *kind, std::get<typename Kind::Result>(run.result), wanted);
  say_not_finite(built);
  return built;
}

/// The figure, after it says which parts of the runs are not finite.
drawing::Figure saying_not_finite(drawing::Figure figure, std::span<const run::Run* const> runs) {
  say_not_finite(figure);
  count_not_finite(figure, runs);
  return figure;
}

/// Builds a figure of the main run.
template <drawing::Figure (*figure)(const run::Run&, const Wanted&)>
std::optional<drawing::Figure> of_one(std::span<const run::Run* const> runs, const Wanted& wanted,
                                      const StopToken& /*stop*/) {
  return saying_not_finite(figure(*runs.back(), wanted), runs.last(1));
}

/// Builds a figure of several runs.
template <drawing::Figure (*figure)(std::span<const run::Run* const>, const Wanted&)>
std::optional<drawing::Figure> of_several(std::span<const run::Run* const> runs, const Wanted& wanted,
                                          const StopToken& /*stop*/) {
  return saying_not_finite(figure(runs, wanted), runs);
}

std::optional<drawing::Figure> measured_vulnerability(std::span<const run::Run* const> runs,
                                                      const Wanted& wanted, const StopToken& stop) {
  auto figure = vulnerability_figure(*runs.back(), wanted, stop);
  if (!figure) return std::nullopt;
  return saying_not_finite(*std::move(figure), runs.last(1));
}

Wanted wanted_by(const Order& order) {
  const double scale = order.font_size / drawing::kTextSize;
  return {.room = {.width = order.width / scale, .height = order.height / scale}, .named = order.which};
}

/// What the figure shows, in words: for those who cannot see it, and for search.
std::string description_of(const FigureKind& kind, const drawing::Figure& figure) {
  std::string text = fmt::format("Figure {}: {}.", kind.name, kind.summary);
  std::string_view before = " Panels: ";
  for (const drawing::Panel& panel : figure.panels) {
    if (panel.title.empty()) continue;
    text += fmt::format("{}{}", std::exchange(before, "; "), panel.title);
  }
  return text;
}

/// The figure that a builder made, in the look of the order.
drawing::Figure finished(const FigureKind& kind, drawing::Figure figure, const Order& order) {
  figure.description = description_of(kind, figure);
  if (order.title) figure.title = drawing::one_line(*order.title, 400);
  figure.scale = order.font_size / drawing::kTextSize;
  figure.font = order.font;
  figure.theme = order.theme;
  return drawing::fit(std::move(figure), wanted_by(order).room);
}

constexpr auto kKinds = std::to_array<FigureKind>({
    {.name = "intro",
     .summary = "each feature as an arrow in the plane, a panel an instance (n_hidden = 2)",
     .build = of_one<intro_figure>},
    {.name = "features",
     .summary = "W^T W, b and the norms of the features in the superposition colour, a row an instance",
     .build = of_several<features_figure>,
     .takes_several = true},
    {.name = "dimensionality",
     .summary = "D* and the dimensionality of every feature over the density",
     .build = of_one<dimensionality_figure>},
    {.name = "graph",
     .summary = "the graph of features that share dimensions: its components, named and counted",
     .build = of_one<graph_figure>},
    {.name = "phase",
     .summary = "what becomes of one feature too many, trained beside theory, over density and importance",
     .build = of_one<phase_figure>,
     .shows_loss = true,
     .uses_data = true,
     .check = [](const run::Run& run) { (void)run::PhaseGrid(run.experiment); }},
    {.name = "neurons",
     .summary = "each neuron's weights as a stack of bars by feature (kinds with a hidden activation)",
     .build = of_one<neurons_figure>},
    {.name = "inhibition",
     .summary = "neurons whose cross-talk others take back, as circuits (kinds with two matrices)",
     .build = of_one<inhibition_figure>},
    {.name = "sets",
     .summary = "each feature as an arrow in the plane, in the colour of its set, or W^T W set by set",
     .build = of_several<sets_figure>,
     .takes_several = true},
    {.name = "dynamics",
     .summary = "the loss and every feature's dimensionality over the steps (record.parameters = true)",
     .build = of_several<dynamics_figure>,
     .takes_several = true,
     .shows_history = true},
    {.name = "animation",
     .summary = "the same with a moving picture of the features, in html (record.parameters = true)",
     .build = of_several<animation_figure>,
     .takes_several = true,
     .shows_history = true},
    {.name = "pentagon",
     .summary = "loss and geometry of every fit over the density of the last of five features (n_hidden = 2)",
     .build = of_one<pentagon_figure>,
     .uses_data = true},
    {.name = "vulnerability",
     .summary = "vulnerability to adversarial attacks, and features per dimension, over the density",
     .build = measured_vulnerability,
     .uses_data = true,
     .check = check_vulnerability_figure},
    {.name = "johnson-lindenstrauss",
     .summary = "the bound on dimensions, and how far random projections are off (a study's)",
     .build_study = of_study<study::JohnsonLindenstrauss, johnson_lindenstrauss_figure>},
    {.name = "packing",
     .summary = "how many almost orthogonal vectors fit, over dimensions (a study's)",
     .build_study = of_study<study::AlmostOrthogonal, packing_figure>},
    {.name = "compressed-sensing",
     .summary = "sparse recovery over m/n and k/m, and what toy models need (a study's)",
     .build_study = of_study<study::CompressedSensing, compressed_sensing_figure>},
    {.name = "sweep",
     .summary = "a metric over one or two swept keys, as lines or a heat map (a sweep's)",
     .build_sweep = sweep_figure},
});

/// Refuses a choice of instances where there are none to choose from. what: "study".
void expect_no_choice(const Order& order, std::string_view what) {
  if (!order.which.empty())
    throw InvalidRequest(
        {.place = argument_place("which"), .expected = fmt::format("none for a {}", what), .got = "some"});
}

/// What a kind cannot show. got: whose directory it is.
[[noreturn]] void refuse(const FigureKind& kind, std::string_view got) {
  const std::string_view shown = kind.build != nullptr         ? "run"
                                 : kind.build_study != nullptr ? "study"
                                                               : "sweep";
  throw InvalidRequest({.place = argument_place(fmt::format("figure {}", kind.name)),
                        .expected = fmt::format("a {}'s directory", shown),
                        .got = fmt::format("a {}'s", got)});
}

}  // namespace

std::optional<drawing::Figure> build_of_runs(const FigureKind& kind, std::span<const run::Run* const> runs,
                                             const StopToken& stop, const Order& order) {
  if (kind.build == nullptr) refuse(kind, "run");
  std::vector<run::Run> chosen;
  std::vector<const run::Run*> shown(runs.begin(), runs.end());
  if (!order.which.empty()) {
    for (const run::Run* run : runs) chosen.push_back(run::choose_instances(*run, order.which));
    std::ranges::transform(chosen, shown.begin(), [](const run::Run& run) { return &run; });
  }
  auto built = kind.build(shown, wanted_by(order), stop);
  if (!built) return std::nullopt;
  return finished(kind, *std::move(built), order);
}

drawing::Figure build_of_study(const FigureKind& kind, const study::StudyRun& run, const Order& order) {
  if (kind.build_study == nullptr) refuse(kind, "study");
  expect_no_choice(order, "study");
  return finished(kind, kind.build_study(run, wanted_by(order)), order);
}

drawing::Figure build_of_sweep(const FigureKind& kind, const run::Table& table, const SweepView& view,
                               const Order& order) {
  if (kind.build_sweep == nullptr) refuse(kind, "sweep");
  expect_no_choice(order, "sweep");
  return finished(kind, kind.build_sweep(table, view, wanted_by(order)), order);
}

void check_view(const FigureKind& kind, const SweepView& view) {
  if (kind.build_sweep != nullptr || (view.metric.empty() && view.x.empty() && view.y.empty())) return;
  throw InvalidRequest(
      {.place = argument_place(fmt::format("figure {}", kind.name)),
       .expected = "metric, x and y for the kind sweep only",
       .got = fmt::format("\"{}\"", view.metric.empty() ? view.x.empty() ? view.y : view.x : view.metric)});
}

std::span<const FigureKind> figure_kinds() {
  return kKinds;
}

const FigureKind& find_figure_kind(std::string_view name) {
  std::vector<std::string_view> names;
  for (const FigureKind& kind : kKinds) {
    if (kind.name == name) return kind;
    names.push_back(kind.name);
  }
  const auto meant = closest(name, names);
  throw InvalidRequest({.place = argument_place("figure kind"),
                        .expected = fmt::format("one of {}", fmt::join(names, ", ")),
                        .got = fmt::format("\"{}\"", name),
                        .hint = meant ? fmt::format("did you mean `{}`?", *meant) : ""});
}

}  // namespace superpose::figures
