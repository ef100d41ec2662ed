#include "superpose/drawing/graph_layout.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>
#include <numeric>
#include <tuple>
#include <utility>

#include "superpose/core/order_statistics.h"

namespace superpose::drawing {
namespace {

constexpr double kEdgeLength = 3;  // in diameters of a node
constexpr double kCrowded = 1.4;   // from a node to the nearest one, in graphs too dense for that edge length
constexpr double kMostWork = 8e6;  // pairs that refining a layout may look at
constexpr int kMostRounds = 300;

double distance(const Position& a, const Position& b) {
  const double x = a.x - b.x, y = a.y - b.y;
  return std::sqrt(x * x + y * y);
}

/// (n, n), row-major.
class Matrix {
 public:
  Matrix(std::size_t n, double value) : n_(n), values_(n * n, value) {}
  double& operator()(std::size_t i, std::size_t j) { return values_[i * n_ + j]; }
  double operator()(std::size_t i, std::size_t j) const { return values_[i * n_ + j]; }

 private:
  std::size_t n_;
  std::vector<double> values_;
};

/// Lengths of the shortest paths (Floyd and Warshall), where the strongest edges have length 1; infinity
/// where there is no path.
Matrix path_lengths(std::size_t n, std::span<const GraphEdge> edges) {
  Matrix lengths(n, std::numeric_limits<double>::infinity());
  double strongest = 0;
  for (const GraphEdge& edge : edges) strongest = std::max(strongest, edge.strength);
  for (const GraphEdge& edge : edges) {
    const double length = std::sqrt(strongest / edge.strength);
    lengths(edge.from, edge.to) = lengths(edge.to, edge.from) = length;
  }
  for (std::size_t i = 0; i < n; ++i) lengths(i, i) = 0;
  for (std::size_t via = 0; via < n; ++via) {
    for (std::size_t i = 0; i < n; ++i) {
      const double first = lengths(i, via);
      for (std::size_t j = 0; j < n; ++j) lengths(i, j) = std::min(lengths(i, j), first + lengths(via, j));
    }
  }
  return lengths;
}

/// All nodes in an order where each is the nearest remaining one to the node before it.
std::vector<std::size_t> chain(std::size_t n, const Matrix& lengths) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  for (auto next = std::next(order.begin()); next != order.end(); ++next) {
    const std::size_t current = *std::prev(next);
    std::iter_swap(next, std::min_element(next, order.end(), [&](std::size_t i, std::size_t j) {
                     return std::pair(lengths(current, i), i) < std::pair(lengths(current, j), j);
                   }));
  }
  return order;
}

std::vector<Position> on_a_circle(std::span<const std::size_t> order) {
  std::vector<Position> at(order.size());
  const auto n = static_cast<double>(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / n;
    at[order[i]] = {n / 5 * std::cos(angle), n / 5 * std::sin(angle)};
  }
  return at;
}

/// One round of majorisation: every node in turn moves to the mean of the places where the others want it.
/// Near ones have more weight. returns: the longest move.
double refine(std::vector<Position>& at, const Matrix& lengths) {
  double farthest = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    Position sum;
    double weights = 0;
    for (std::size_t j = 0; j < at.size(); ++j) {
      if (j == i) continue;
      const double wanted = lengths(i, j);
      const double weight = 1 / (wanted * wanted);
      const double pull = wanted / std::max(distance(at[i], at[j]), 1e-9);
      sum.x += weight * (at[j].x + pull * (at[i].x - at[j].x));
      sum.y += weight * (at[j].y + pull * (at[i].y - at[j].y));
      weights += weight;
    }
    const Position next = {sum.x / weights, sum.y / weights};
    farthest = std::max(farthest, distance(at[i], next));
    at[i] = next;
  }
  return farthest;
}

/// The median of the distances from each node to its nearest other node.
double median_nearest(std::span<const Position> at) {
  std::vector<double> nearest(at.size(), std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < at.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double apart = distance(at[i], at[j]);
      nearest[i] = std::min(nearest[i], apart);
      nearest[j] = std::min(nearest[j], apart);
    }
  }
  return median(std::move(nearest));
}

/// Moves pairs that are less than 1 apart away from each other. returns: whether there were any.
bool push_apart(std::vector<Position>& at) {
  bool any = false;
  for (std::size_t i = 0; i < at.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double apart = distance(at[i], at[j]);
      if (apart >= 1) continue;
      any = true;
      // Each node moves half of the missing distance, and a little more, so that this ends. Nodes that
      // coincide move along x.
      const double step = 0.505 * (1 - apart) + 1e-6;
      const Position along =
          apart > 0 ? Position{(at[i].x - at[j].x) / apart, (at[i].y - at[j].y) / apart} : Position{1, 0};
      at[i] = {at[i].x + step * along.x, at[i].y + step * along.y};
      at[j] = {at[j].x - step * along.x, at[j].y - step * along.y};
    }
  }
  return any;
}

void scale(std::vector<Position>& at, double by) {
  for (Position& place : at) place = {by * place.x, by * place.y};
}

/// Sets the box, with its corner at (0, 0) and half a node of room on every side.
GraphLayout boxed(std::vector<Position> at) {
  GraphLayout layout{.at = std::move(at)};
  const auto [left, right] = std::ranges::minmax(layout.at, {}, &Position::x);
  const auto [top, bottom] = std::ranges::minmax(layout.at, {}, &Position::y);
  const Position corner = {left.x - 0.5, top.y - 0.5};
  layout.width = right.x + 0.5 - corner.x;
  layout.height = bottom.y + 0.5 - corner.y;
  for (Position& place : layout.at) place = {place.x - corner.x, place.y - corner.y};
  return layout;
}

}  // namespace

GraphLayout lay_out(std::size_t n_nodes, std::span<const GraphEdge> edges) {
  if (n_nodes == 0) return {};
  if (n_nodes == 1) return boxed({Position{}});
  const Matrix lengths = path_lengths(n_nodes, edges);
  std::vector<Position> at = on_a_circle(chain(n_nodes, lengths));
  const double pairs = static_cast<double>(n_nodes) * static_cast<double>(n_nodes);
  const int rounds = std::max(10, static_cast<int>(std::min<double>(kMostRounds, kMostWork / pairs)));
  for (int round = 0; round < rounds && refine(at, lengths) > 1e-6; ++round) continue;

  scale(at, std::max(kEdgeLength, kCrowded / std::max(median_nearest(at), 1e-3)));
  // A hundred rounds separate nearly all nodes. What overlaps after that shares the room evenly.
  for (int round = 0; round < 100 && push_apart(at); ++round) continue;
  for (;;) {
    double least = 1;
    for (std::size_t i = 0; i < n_nodes; ++i) {
      for (std::size_t j = 0; j < i; ++j) least = std::min(least, distance(at[i], at[j]));
    }
    if (least >= 1) break;
    scale(at, 1.0001 / least);
  }
  return boxed(std::move(at));
}

std::vector<GraphEdge> strongest_edges(std::size_t n_nodes, std::vector<GraphEdge> edges, std::size_t most) {
  std::ranges::sort(edges, [](const GraphEdge& a, const GraphEdge& b) {
    return std::tuple(-a.strength, a.from, a.to) < std::tuple(-b.strength, b.from, b.to);
  });
  // Kruskal's forest: an edge belongs to it when it joins two trees.
  std::vector<std::size_t> parent(n_nodes);
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&](std::size_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  std::vector<GraphEdge> kept, others;
  for (const GraphEdge& edge : edges) {
    const std::size_t from = root(edge.from), to = root(edge.to);
    (from == to ? others : kept).push_back(edge);
    parent[from] = to;
  }
  const std::size_t room = std::min(others.size(), most > kept.size() ? most - kept.size() : 0);
  kept.insert(kept.end(), others.begin(), others.begin() + static_cast<std::ptrdiff_t>(room));
  return kept;
}

Packing pack(std::span<const GraphLayout> boxes, double width, double gap) {
  Packing packing;
  double x = 0, y = 0, line = 0;
  for (const GraphLayout& box : boxes) {
    if (x > 0 && x + box.width > width) {
      x = 0;
      y += line + gap;
      line = 0;
    }
    packing.at.push_back({x, y});
    x += box.width + gap;
    line = std::max(line, box.height);
  }
  packing.height = y + line;
  return packing;
}

}  // namespace superpose::drawing
