#include "superpose/drawing/graph_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "superpose/core/philox.h"

namespace superpose::drawing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

struct NamedGraph {
  std::string name;
  std::size_t nodes;
  std::vector<GraphEdge> edges;
};

NamedGraph path(std::size_t nodes) {
  NamedGraph graph{"path", nodes, {}};
  for (std::size_t i = 1; i < nodes; ++i) graph.edges.push_back({.from = i - 1, .to = i});
  return graph;
}

NamedGraph cycle(std::size_t nodes) {
  NamedGraph graph = path(nodes);
  graph.name = "cycle";
  graph.edges.push_back({.from = nodes - 1, .to = 0});
  return graph;
}

NamedGraph tree(std::size_t nodes) {
  NamedGraph graph{"tree", nodes, {}};
  for (std::size_t i = 1; i < nodes; ++i) graph.edges.push_back({.from = (i - 1) / 3, .to = i});
  return graph;
}

NamedGraph complete(std::size_t nodes) {
  NamedGraph graph{"complete", nodes, {}};
  for (std::size_t i = 0; i < nodes; ++i) {
    for (std::size_t j = 0; j < i; ++j) graph.edges.push_back({.from = i, .to = j});
  }
  return graph;
}

/// A path and as many edges again between nodes at random, of random strengths.
NamedGraph random(std::size_t nodes) {
  NamedGraph graph = path(nodes);
  graph.name = "random";
  for (std::size_t i = 0; i < nodes; ++i) {
    const auto words = philox::generate({static_cast<std::uint32_t>(i), 0, 0, 0}, {9, 0});
    const std::size_t to = words[0] % nodes;
    if (to == i || to + 1 == i || i + 1 == to) continue;
    graph.edges.push_back({.from = i, .to = to, .strength = 0.2 + 0.8 * words[1] / 4294967296.0});
  }
  return graph;
}

double distance(const Position& a, const Position& b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

/// Of the graph's edges.
std::vector<double> lengths(const GraphLayout& layout, const NamedGraph& graph) {
  std::vector<double> result;
  for (const GraphEdge& edge : graph.edges)
    result.push_back(distance(layout.at[edge.from], layout.at[edge.to]));
  return result;
}

TEST(GraphLayout, KeepsNodesApartAndInTheBox) {
  for (const NamedGraph& graph : {path(2), path(30), cycle(5), cycle(40), tree(60), complete(4), complete(8),
                                  complete(60), random(150)}) {
    SCOPED_TRACE(graph.name + " of " + std::to_string(graph.nodes));
    const GraphLayout layout = lay_out(graph.nodes, graph.edges);
    ASSERT_EQ(layout.at.size(), graph.nodes);
    for (std::size_t i = 0; i < graph.nodes; ++i) {
      const Position& at = layout.at[i];
      EXPECT_TRUE(at.x >= 0.5 - 1e-9 && at.x <= layout.width - 0.5 + 1e-9) << at.x;
      EXPECT_TRUE(at.y >= 0.5 - 1e-9 && at.y <= layout.height - 0.5 + 1e-9) << at.y;
      for (std::size_t j = 0; j < i; ++j) EXPECT_GE(distance(at, layout.at[j]), 1 - 1e-9) << i << ", " << j;
    }
  }
}

TEST(GraphLayout, GivesEdgesTheSameLengthWhereThatCanBe) {
  for (const NamedGraph& graph : {path(2), path(12), complete(3), cycle(5), cycle(9), tree(13)}) {
    const GraphLayout layout = lay_out(graph.nodes, graph.edges);
    const auto [shortest, longest] = std::ranges::minmax(lengths(layout, graph));
    EXPECT_LT(longest / shortest, 1.2) << graph.name << " of " << graph.nodes;
    EXPECT_NEAR(shortest, 3, 0.6) << graph.name << " of " << graph.nodes;
  }
}

TEST(GraphLayout, StretchesAPathAndRoundsACycle) {
  const GraphLayout line = lay_out(10, path(10).edges);
  EXPECT_NEAR(distance(line.at[0], line.at[9]), 27, 1.5);
  const GraphLayout ring = lay_out(8, cycle(8).edges);
  const double across = distance(ring.at[0], ring.at[4]);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_NEAR(distance(ring.at[i], ring.at[i + 4]), across, 1e-3);
}

TEST(GraphLayout, DrawsAPentagonsStrongEdgesAsItsOutline) {
  // The strongest cosines, 0.81, are those of features two steps apart: the outline is 0, 2, 4, 1, 3.
  NamedGraph pentagon{"pentagon", 5, {}};
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i - j) / 5;
      pentagon.edges.push_back({.from = i, .to = j, .strength = std::abs(std::cos(angle))});
    }
  }
  const GraphLayout layout = lay_out(5, pentagon.edges);
  const double side = distance(layout.at[0], layout.at[2]);
  for (const GraphEdge& edge : pentagon.edges) {
    const double drawn = distance(layout.at[edge.from], layout.at[edge.to]);
    EXPECT_NEAR(drawn / side, edge.strength > 0.5 ? 1 : std::numbers::phi, 0.01);
  }
}

TEST(GraphLayout, IsTheSameTwice) {
  const NamedGraph graph = random(80);
  const GraphLayout one = lay_out(graph.nodes, graph.edges), other = lay_out(graph.nodes, graph.edges);
  for (std::size_t i = 0; i < graph.nodes; ++i) {
    EXPECT_EQ(one.at[i].x, other.at[i].x);
    EXPECT_EQ(one.at[i].y, other.at[i].y);
  }
}

TEST(GraphLayout, OfOneNodeIsANode) {
  const GraphLayout layout = lay_out(1, {});
  EXPECT_EQ(layout.width, 1);
  EXPECT_EQ(layout.height, 1);
  EXPECT_TRUE(lay_out(0, {}).at.empty());
}

TEST(StrongestEdges, KeepTheGraphInOnePiece) {
  // 0, 1 and 2 are joined strongly; 3 hangs on by the weakest edge of all.
  const std::vector<GraphEdge> edges = {{.from = 2, .to = 3, .strength = 0.1},
                                        {.from = 0, .to = 1, .strength = 0.9},
                                        {.from = 1, .to = 2, .strength = 0.7},
                                        {.from = 0, .to = 2, .strength = 0.8}};
  const auto strength = [](double value) { return Field(&GraphEdge::strength, value); };
  EXPECT_THAT(strongest_edges(4, edges, 2), ElementsAre(strength(0.9), strength(0.8), strength(0.1)));
  EXPECT_THAT(strongest_edges(4, edges, 9),
              ElementsAre(strength(0.9), strength(0.8), strength(0.1), strength(0.7)));
}

TEST(Pack, FillsLinesFromTheLeft) {
  const auto box = [](double width, double height) {
    return GraphLayout{.at = {}, .width = width, .height = height};
  };
  const Packing packing = pack(std::vector{box(4, 2), box(4, 3), box(2, 1), box(20, 1)}, 10, 1);
  const auto at = [](double x, double y) {
    return testing::AllOf(Field(&Position::x, x), Field(&Position::y, y));
  };
  EXPECT_THAT(packing.at, ElementsAre(at(0, 0), at(5, 0), at(0, 4), at(0, 6)));
  EXPECT_EQ(packing.height, 7);
}

}  // namespace
}  // namespace superpose::drawing
