#include "superpose/figures/graph_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "superpose/analysis/geometry.h"
#include "superpose/analysis/metrics.h"
#include "superpose/analysis/polytopes.h"
#include "superpose/drawing/graph_layout.h"
#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/not_finite.h"
#include "superpose/figures/polytope_colors.h"

namespace superpose::figures {
namespace {

constexpr std::size_t kMostPanels = 6;
constexpr std::size_t kMostFeatures = 400;
constexpr std::size_t kEdgesPerNode = 3;  // edges that are drawn: an antiprism has 20, which is 2.5 a node

constexpr double kNames = 92;  // room for the names of a panel's rows

/// The lengths of a panel, which holds as many nodes as there are, in the largest size that fits.
struct PanelSize {
  double width = 170, highest = 150;
};

/// The polytopes, the highest dimensionality first. Each is a row of a panel.
struct Kind {
  Polytope polytope;
  const char* plural;  ///< of polygons what follows the number of their vertices
};
constexpr std::array kKinds = {
    Kind{Polytope::kSingle, "singles"},
    Kind{Polytope::kTetrahedron, "tetrahedra"},
    Kind{Polytope::kTriangle, "triangles"},
    Kind{Polytope::kDigon, "digons"},
    Kind{Polytope::kSquare, "squares"},
    Kind{Polytope::kOctahedron, "octahedra"},
    Kind{Polytope::kTriangularBipyramid, "triangular bipyramids"},
    Kind{Polytope::kPentagonalBipyramid, "pentagonal bipyramids"},
    Kind{Polytope::kPentagon, "pentagons"},
    Kind{Polytope::kSquareAntiprism, "square antiprisms"},
    Kind{Polytope::kPolygon, "-gons"},
    Kind{Polytope::kOther, "others"},
};

/// What is drawn of one instance: its first kMostFeatures features.
struct Graph {
  std::size_t instance;
  std::int64_t n_hidden;
  std::span<const float> W;  // (features, n_hidden)
  std::vector<Component> components;

  [[nodiscard]] Shape shape() const { return Shape::of_weights(W.size(), n_hidden); }
  [[nodiscard]] std::size_t features_in(Polytope polytope) const {
    std::size_t count = 0;
    for (const Component& component : components)
      count += component.shape.polytope == polytope ? component.features.size() : 0;
    return count;
  }
};

Graph graph_of(const run::Run& run, std::size_t instance) {
  const std::int64_t n_hidden = run.model.shape().n_hidden;
  const auto W = run.model.W(instance);
  const auto shown = W.first(std::min(W.size(), kMostFeatures * run.model.shape().hidden()));
  return {.instance = instance,
          .n_hidden = n_hidden,
          .W = shown,
          .components = all_finite(shown) ? components(shown, n_hidden) : std::vector<Component>()};
}

/// For each polytope, the instance with the most features in it; then evenly chosen ones.
std::vector<Graph> choose(std::vector<Graph> graphs, std::size_t most) {
  if (graphs.size() <= most) return graphs;
  std::set<std::size_t> chosen;
  for (const Kind& kind : kKinds) {
    if (chosen.size() == most || kind.polytope == Polytope::kOther) break;
    const auto fullest = std::ranges::max_element(
        graphs, {}, [&](const Graph& graph) { return graph.features_in(kind.polytope); });
    if (fullest->features_in(kind.polytope) > 0) chosen.insert(fullest->instance);
  }
  for (const std::size_t i : drawing::choose_evenly(graphs.size(), std::max<std::size_t>(most, 2))) {
    if (chosen.size() < most) chosen.insert(graphs.size() - 1 - i);
  }
  std::erase_if(graphs, [&](const Graph& graph) { return !chosen.contains(graph.instance); });
  return graphs;
}

/// A component with its layout.
struct Placed {
  const Component* component;
  std::vector<drawing::GraphEdge> edges;  // between places in the component
};

/// The edges of a component: its features' |cosine| where they are connected.
std::vector<drawing::GraphEdge> edges_of(const Component& component, std::span<const double> gram,
                                         std::size_t n) {
  const auto at = [&](std::int64_t f, std::int64_t g) {
    return gram[static_cast<std::size_t>(f) * n + static_cast<std::size_t>(g)];
  };
  std::vector<drawing::GraphEdge> edges;
  const auto& features = component.features;
  for (std::size_t i = 0; i < features.size(); ++i) {
    for (std::size_t j = i + 1; j < features.size(); ++j) {
      const double cosine = std::abs(at(features[i], features[j])) /
                            std::sqrt(at(features[i], features[i]) * at(features[j], features[j]));
      if (cosine > kConnectedCosine) edges.push_back({.from = i, .to = j, .strength = std::min(1.0, cosine)});
    }
  }
  return drawing::strongest_edges(features.size(), std::move(edges), kEdgesPerNode * features.size());
}

/// One row of a panel: the components of one polytope, the largest first; of polygons those of one size.
struct Block {
  Kind kind;
  std::vector<Placed> placed = {};
  std::vector<drawing::GraphLayout> layouts = {};
};

/// The components of a polytope, the largest first.
std::vector<Placed> placed_of(const Graph& graph, Polytope polytope, std::span<const double> products) {
  std::vector<Placed> all;
  for (const Component& component : graph.components) {
    if (component.shape.polytope == polytope)
      all.push_back({&component, edges_of(component, products, graph.shape().features())});
  }
  std::ranges::sort(all, {}, [](const Placed& placed) {
    return std::pair(-std::ssize(placed.component->features), placed.component->features.front());
  });
  return all;
}

std::vector<Block> blocks_of(const Graph& graph) {
  const auto products = gram(graph.W, graph.shape());
  std::vector<Block> blocks;
  for (const Kind& kind : kKinds) {
    std::size_t size = 0;  // of the block's polygons
    for (Placed& placed : placed_of(graph, kind.polytope, products)) {
      const std::size_t features = placed.component->features.size();
      const bool begins = blocks.empty() || blocks.back().kind.polytope != kind.polytope;
      if (begins || (kind.polytope == Polytope::kPolygon && features != size))
        blocks.push_back({.kind = kind});
      size = features;
      blocks.back().layouts.push_back(drawing::lay_out(features, placed.edges));
      blocks.back().placed.push_back(std::move(placed));
    }
  }
  return blocks;
}

/// Where the blocks of a panel lie when a node has this diameter. All lengths are in points.
struct Arrangement {
  double diameter = 0;
  std::vector<drawing::Packing> packings = {};
  std::vector<double> tops = {};
  double height = 0;
};
Arrangement arrange(std::span<const Block> blocks, double diameter, double width) {
  constexpr double kRowGap = 7;    // between blocks
  constexpr double kBoxGap = 1.5;  // in diameters, between components
  Arrangement result{.diameter = diameter};
  for (const Block& block : blocks) {
    drawing::Packing packing = pack(block.layouts, width / diameter, kBoxGap);
    // A block is not lower than its name.
    const double height = std::max(packing.height * diameter, drawing::kTextSize);
    if (!result.tops.empty()) result.height += kRowGap;
    result.tops.push_back(result.height);
    result.packings.push_back(std::move(packing));
    result.height += height;
  }
  return result;
}

/// The largest diameter of nodes with which everything fits the panel.
Arrangement fit(std::span<const Block> blocks, const PanelSize& size) {
  constexpr double kLargest = 5.5, kSmallest = 0.2, kStep = 1.05;
  Arrangement best = arrange(blocks, kLargest, size.width);
  while (best.diameter > kSmallest &&
         (best.height > size.highest || std::ranges::any_of(blocks, [&](const Block& block) {
            return std::ranges::max(block.layouts, {}, &drawing::GraphLayout::width).width * best.diameter >
                   size.width;
          })))
    best = arrange(blocks, best.diameter / kStep, size.width);
  return best;
}

std::string row_label(const Block& block) {
  const std::size_t count = block.placed.size();
  const Component& first = *block.placed.front().component;
  const bool is_polygon = block.kind.polytope == Polytope::kPolygon;
  if (count > 1 && is_polygon) return fmt::format("{} {}{}", count, first.features.size(), block.kind.plural);
  if (count > 1) return fmt::format("{} {}", count, block.kind.plural);
  if (block.kind.polytope == Polytope::kOther) return fmt::format("1 other, of {}", first.features.size());
  return fmt::format("1 {}", name(first));
}

/// A grey that darkens with strength, in few steps, because renderers draw one colour at a time.
drawing::Color edge_color(double strength) {
  constexpr double kSteps = 4;
  const double t = std::floor(kSteps * std::min(strength, 0.999)) / (kSteps - 1);
  const auto level = static_cast<std::uint8_t>(220 - 130 * t);
  return {level, level, level};
}

std::string hover(const Component& component, std::int64_t feature, double D, double norm) {
  return fmt::format("feature {}\nD = {:.3f}\n|W| = {:.2f}\n{}, {} features\nconfidence {:.2f}", feature, D,
                     norm, name(component), component.features.size(), component.shape.confidence);
}

void draw(drawing::Panel& panel, const Graph& graph, std::span<const Block> blocks,
          const Arrangement& arrangement) {
  const double diameter = arrangement.diameter;
  const Shape shape = graph.shape();
  const auto D = dimensionality(graph.W, shape);
  const auto norm = norms(graph.W, shape);
  std::vector<std::pair<double, drawing::Segment>> edges;
  drawing::Points nodes{.radius = 0.42 * diameter};
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Block& block = blocks[b];
    const drawing::Packing& packing = arrangement.packings[b];
    const double top = arrangement.tops[b];
    panel.y.ticks.push_back(
        {.at = top + std::max(packing.height * diameter, drawing::kTextSize) / 2, .label = row_label(block)});
    for (std::size_t c = 0; c < block.placed.size(); ++c) {
      const auto [component, own_edges] = block.placed[c];
      const auto place = [&](std::size_t node) {
        const drawing::Position& at = block.layouts[c].at[node];
        return drawing::Position{diameter * (packing.at[c].x + at.x),
                                 top + diameter * (packing.at[c].y + at.y)};
      };
      for (const drawing::GraphEdge& edge : own_edges)
        edges.emplace_back(edge.strength, drawing::Segment{.from = place(edge.from),
                                                           .to = place(edge.to),
                                                           .color = edge_color(edge.strength)});
      for (std::size_t node = 0; node < component->features.size(); ++node) {
        const std::int64_t feature = component->features[node];
        const auto f = static_cast<std::size_t>(feature);
        nodes.points.push_back({.at = place(node),
                                .color = color_of(block.kind.polytope),
                                .hover = hover(*component, feature, D[f], norm[f])});
      }
    }
  }
  // Strong edges are drawn over weak ones, and nodes over both.
  std::ranges::sort(edges, {}, [](const auto& edge) {
    return std::tuple(edge.first, edge.second.from.y, edge.second.from.x, edge.second.to.y);
  });
  drawing::Segments segments{.width = std::clamp(0.2 * diameter, 0.3, 0.9)};
  for (const auto& [strength, segment] : edges) segments.segments.push_back(segment);
  panel.marks.emplace_back(std::move(segments));
  panel.marks.emplace_back(std::move(nodes));
}

/// A panel of the height that it needs, not yet in its place.
drawing::Panel panel_of(const run::Run& run, const Graph& graph, const PanelSize& size) {
  const std::size_t n = run.model.shape().features();
  const auto blocks = blocks_of(graph);
  const Arrangement arrangement = fit(blocks, size);
  drawing::Panel panel;
  const auto probability = std::span(run.feature_probability).subspan(graph.instance * n, n);
  const bool is_drawn = all_finite(graph.W);
  const double D_star = is_drawn ? dimensions_per_feature(graph.W, graph.shape()).front() : NAN;
  panel.title = fmt::format("{}, D* = {}", drawing::density_label(probability), finite_number(D_star, 2));
  panel.area = {.width = size.width, .height = std::max(arrangement.height, 2 * drawing::kTextSize)};
  panel.x = {.first = 0, .last = panel.area.width};
  panel.y = {.first = panel.area.height, .last = 0};
  panel.frame = false;
  if (!is_drawn) {
    say_not_finite(panel);
  } else if (blocks.empty()) {
    panel.marks.emplace_back(
        drawing::Text{.at = {size.width / 2, drawing::kTextSize}, .text = "no feature is represented"});
  } else {
    draw(panel, graph, blocks, arrangement);
  }
  return panel;
}

std::string title_of(const run::Run& run, std::size_t drawn) {
  const Shape& shape = run.model.shape();
  std::string title =
      fmt::format("{}: {} features in {} dimensions", drawing::one_line(run.experiment.name, 30),
                  shape.n_features, shape.n_hidden);
  if (shape.features() > kMostFeatures) title += fmt::format(", the first {}", kMostFeatures);
  if (drawn < shape.instances()) title += fmt::format(" ({} of {} instances)", drawn, shape.n_instances);
  return title;
}

}  // namespace

drawing::Figure graph_figure(const run::Run& run, const Wanted& wanted) {
  std::vector<Graph> graphs;
  for (std::size_t i = 0; i < run.model.shape().instances(); ++i) graphs.push_back(graph_of(run, i));
  constexpr double kTop = 50, kMargin = 14, kRowGap = 34;
  constexpr double kLeastWidth = 90, kLeastHeight = 60;
  const drawing::Room& room = wanted.room;
  std::size_t columns = 2, most = kMostPanels;
  PanelSize size;
  if (room.width > 0) {
    if (room.width < 2 * (kMargin + kNames + kLeastWidth) + kMargin) columns = 1;
    size.width = (room.width - kMargin) / static_cast<double>(columns) - kMargin - kNames;
    size.width = std::max(size.width, kLeastWidth);
  }
  if (room.height > 0) {
    const double down = room.height - kTop - kMargin - 2 * drawing::kTextSize + kRowGap;
    const double rows = std::max(1.0, std::floor(down / (kLeastHeight + kRowGap)));
    most = std::min(most, columns * static_cast<std::size_t>(rows));
    size.highest = std::max(down / rows - kRowGap, kLeastHeight);
  }
  if (!wanted.named.empty()) {
    if (room.height > 0) expect_room("graph", graphs.size(), most, wanted);
    most = graphs.size();
  }
  graphs = choose(std::move(graphs), most);
  columns = std::min(columns, graphs.size());
  drawing::Figure figure;
  figure.title = title_of(run, graphs.size());
  double top = kTop, bottom = kTop;
  for (std::size_t i = 0; i < graphs.size(); ++i) {
    const std::size_t column = i % columns;
    if (column == 0 && i > 0) top = bottom + kRowGap;
    drawing::Panel panel = panel_of(run, graphs[i], size);
    panel.area.x = kMargin + kNames + static_cast<double>(column) * (size.width + kNames + kMargin);
    panel.area.y = top;
    bottom = std::max(bottom, panel.area.bottom());
    figure.width = std::max(figure.width, panel.area.right() + kMargin);
    figure.panels.push_back(std::move(panel));
  }
  figure.panels.back().x.label =
      fmt::format("edges: |cosine| > {}, the larger the stronger", kConnectedCosine);
  drawing::make_room_for_title(figure);
  figure.height = bottom + kMargin + 2 * drawing::kTextSize;
  return figure;
}

}  // namespace superpose::figures
