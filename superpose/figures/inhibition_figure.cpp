#include "superpose/figures/inhibition_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "superpose/analysis/inhibition.h"
#include "superpose/core/error.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/not_finite.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostColumns = 3;
constexpr drawing::Color kPositive{178, 24, 43}, kNegative{33, 102, 172}, kNode{90, 90, 90};

/// A motif, and the instance that it is in.
struct Example {
  std::size_t instance;
  AsymmetricNeuron motif;
};

/// The inhibited motifs of all instances, those with the most cross-talk first.
std::vector<Example> examples_of(const run::Run& run, std::size_t most) {
  std::vector<Example> examples;
  for (std::size_t i = 0; i < run.model.shape().instances(); ++i) {
    if (!is_finite(run, i)) continue;
    for (const auto& motif :
         asymmetric_neurons(run.model.W(i), run.model.W2(i), run.model.shape().n_hidden)) {
      if (motif.is_inhibited()) examples.push_back({i, motif});
    }
  }
  std::ranges::sort(examples, std::ranges::greater{},
                    [](const Example& example) { return example.motif.crosstalk(); });
  examples.resize(std::min(examples.size(), most));
  return examples;
}

class Circuit {
 public:
  Circuit(const run::Run& run, const Example& example) : run_(&run), motif_(&example.motif) {
    W1_ = run.model.W(example.instance);
    W2_ = run.model.W2(example.instance);
    b_ = run.model.b_final(example.instance);
  }

  /// Inputs on the left, the neuron and its inhibitor in the middle, outputs on the right.
  [[nodiscard]] drawing::Panel panel(const drawing::Rect& area) const {
    constexpr double kLeft = 0, kMiddle = 1, kRight = 2, kHigh = 1, kLow = 0;
    const auto [neuron, inhibitor] = std::pair(motif_->neuron, motif_->inhibitor);
    drawing::Panel panel;
    panel.area = area;
    panel.frame = false;
    panel.x = {.first = -0.45, .last = 2.45};
    panel.y = {.first = -0.45, .last = 1.45};
    std::vector<drawing::Text> labels;
    const auto connect = [&](drawing::Position from, drawing::Position to, double weight, double label_at) {
      const drawing::Color color = weight > 0 ? kPositive : kNegative;
      if (std::abs(weight) < 0.05) return;
      panel.marks.emplace_back(drawing::Segments{.width = std::clamp(1.2 * std::abs(weight), 0.5, 3.5),
                                                 .segments = {{.from = from, .to = to, .color = color}}});
      const double x = from.x + label_at * (to.x - from.x), y = from.y + label_at * (to.y - from.y);
      // A label stands beside a slanting line and above a level one.
      const double beside = 0.17 * ((from.y > to.y ? 1 : 0) - (from.y < to.y ? 1 : 0));
      labels.push_back(
          {.at = {x + beside, y + (beside == 0 ? 0.12 : 0.04)}, .text = number(weight), .color = color});
    };
    connect({kLeft, kHigh}, {kMiddle, kHigh}, in(motif_->loud, neuron), 0.5);
    connect({kLeft, kLow}, {kMiddle, kHigh}, in(motif_->quiet, neuron), 0.3);
    connect({kLeft, kHigh}, {kMiddle, kLow}, in(motif_->loud, inhibitor), 0.3);
    connect({kLeft, kLow}, {kMiddle, kLow}, in(motif_->quiet, inhibitor), 0.5);
    connect({kMiddle, kHigh}, {kRight, kHigh}, out(motif_->loud, neuron), 0.5);
    connect({kMiddle, kHigh}, {kRight, kLow}, out(motif_->quiet, neuron), 0.7);
    connect({kMiddle, kLow}, {kRight, kHigh}, out(motif_->loud, inhibitor), 0.7);
    connect({kMiddle, kLow}, {kRight, kLow}, out(motif_->quiet, inhibitor), 0.5);
    drawing::Points nodes{.radius = 4};
    for (const double y : {kHigh, kLow}) {
      for (const double x : {kLeft, kMiddle, kRight}) nodes.points.push_back({.at = {x, y}, .color = kNode});
    }
    panel.marks.emplace_back(std::move(nodes));
    for (drawing::Text& label : labels) panel.marks.emplace_back(std::move(label));
    const auto name = [&](double x, double y, std::string text) {
      panel.marks.emplace_back(drawing::Text{.at = {x, y}, .text = std::move(text)});
    };
    name(kLeft, kHigh + 0.3, fmt::format("x{}", motif_->loud));
    name(kLeft, kLow - 0.3, fmt::format("x{}", motif_->quiet));
    name(kMiddle, kHigh + 0.3, fmt::format("neuron {}", neuron));
    name(kMiddle, kLow - 0.3, fmt::format("neuron {}", inhibitor));
    name(kRight, kHigh + 0.3, fmt::format("|x{}|", motif_->loud));
    name(kRight, kLow - 0.3, fmt::format("|x{}|", motif_->quiet));
    return panel;
  }

  /// The quiet output over the loud input, with all other inputs 0.
  [[nodiscard]] drawing::Panel answer(const drawing::Rect& area) const {
    drawing::Line with{.color = drawing::kInk, .width = 1.5};
    drawing::Line without{.color = kNegative, .width = 1, .dashed = true};
    drawing::Line ideal{.color = drawing::kFaint, .width = 1};
    double highest = 1;
    constexpr int kSteps = 100;
    for (int i = 0; i <= kSteps; ++i) {
      const double x = 2.0 * i / kSteps - 1;
      with.at.push_back({x, output(x, false)});
      without.at.push_back({x, output(x, true)});
      ideal.at.push_back({x, 0});
      highest = std::max({highest, with.at.back().y, without.at.back().y});
    }
    drawing::Panel panel;
    panel.area = area;
    panel.x = {.first = -1, .last = 1, .ticks = {{-1, "−1"}, {0, "0"}, {1, "1"}}};
    panel.x.label = fmt::format("x{} alone", motif_->loud);
    panel.y = {
        .first = -0.06 * highest, .last = 1.06 * highest, .ticks = drawing::round_ticks(0, highest, 4)};
    panel.title = fmt::format("output {}: should be 0", motif_->quiet);
    const double silent = motif_->loud_in > 0 ? -0.5 : 0.5;  // the side on which the neuron does nothing
    panel.marks = {
        std::move(ideal), std::move(without), std::move(with),
        drawing::Text{.at = {silent, 0.7 * highest}, .text = "without inhibition", .color = kNegative},
        drawing::Text{.at = {silent, 0.1 * highest}, .text = "as trained"}};
    return panel;
  }

 private:
  [[nodiscard]] static std::string number(double weight) {
    return fmt::format("{}{:.2g}", weight < 0 ? "−" : "", std::abs(weight));
  }
  [[nodiscard]] double in(std::int64_t f, std::int64_t h) const {
    return static_cast<double>(W1_[static_cast<std::size_t>(f * run_->model.shape().n_hidden + h)]);
  }
  [[nodiscard]] double out(std::int64_t f, std::int64_t h) const {
    return static_cast<double>(W2_[static_cast<std::size_t>(f * run_->model.shape().n_hidden + h)]);
  }
  [[nodiscard]] double output(double x, bool without_inhibition) const {
    auto z = static_cast<double>(b_[static_cast<std::size_t>(motif_->quiet)]);
    for (std::int64_t h = 0; h < run_->model.shape().n_hidden; ++h) {
      const double written = out(motif_->quiet, h) * std::max(0.0, in(motif_->loud, h) * x);
      if (!(without_inhibition && written < 0)) z += written;
    }
    return std::max(0.0, z);
  }

  const run::Run* run_;
  const AsymmetricNeuron* motif_;
  std::span<const float> W1_, W2_, b_;
};

/// What the figure says of a run without examples. Instances that diverged may have had some.
std::string why_none(const run::Run& run) {
  const std::size_t instances = run.model.shape().instances();
  std::size_t finite = 0;
  for (std::size_t i = 0; i < instances; ++i) finite += is_finite(run, i) ? 1U : 0U;
  if (finite == instances) return "no neuron of this run shows it";
  return finite == 0 ? std::string(kNotFiniteText)
                     : fmt::format("no neuron shows it; {} of {} instances are {}", instances - finite,
                                   instances, kNotFiniteText);
}

}  // namespace

drawing::Figure inhibition_figure(const run::Run& run, const Wanted& wanted) {
  if (parts(run.model.kind()).tied) {
    throw InvalidRequest({.place = argument_place("figure inhibition"),
                          .expected = "a kind with two matrices, as \"absolute_value\"",
                          .got = fmt::format("\"{}\"", name(run.model.kind()))});
  }
  constexpr double kLeft = 36, kTop = 60, kWidth = 190, kCircuit = 110, kAnswer = 90, kGap = 46, kRowGap = 30;
  constexpr double kLeastWidth = 120, kLow = 280;
  // In a low room an answer stands beside its circuit.
  const bool low = wanted.room.lower_than(kLow);
  const double column = low ? 2 * (kLeastWidth + kGap) : kLeastWidth + kGap;
  const std::size_t most =
      wanted.room.width > 0
          ? std::clamp<std::size_t>(static_cast<std::size_t>((wanted.room.width - kLeft + kGap) / column), 1,
                                    kMostColumns)
          : kMostColumns;
  const auto examples = examples_of(run, most);
  drawing::Figure figure;
  figure.title =
      fmt::format("{}: asymmetric superposition with inhibition", drawing::one_line(run.experiment.name, 30));
  const std::size_t n = run.model.shape().features();
  double x = kLeft;
  for (const Example& example : examples) {
    const Circuit circuit(run, example);
    drawing::Panel panel = circuit.panel({x, kTop, kWidth, kCircuit});
    panel.title = drawing::density_label(std::span(run.feature_probability).subspan(example.instance * n, n));
    figure.panels.push_back(std::move(panel));
    if (low) x += kWidth + kGap;
    const drawing::Rect below = {x, kTop + kCircuit + kRowGap, kWidth, kAnswer};
    figure.panels.push_back(circuit.answer(low ? drawing::Rect{x, kTop, kWidth, kCircuit} : below));
    x += kWidth + kGap;
  }
  if (examples.empty()) {
    figure.panels.push_back({.area = {x, kTop, 2 * kWidth, kCircuit},
                             .frame = false,
                             .marks = {drawing::Text{.at = {0.5, 0.5}, .text = why_none(run)}}});
    x += 2 * kWidth + kGap;
  }
  figure.width = x - kGap + 16;
  drawing::make_room_for_title(figure);
  figure.height = kTop + kCircuit + kRowGap + kAnswer + 40;
  return figure;
}

}  // namespace superpose::figures
