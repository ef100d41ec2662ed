#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "superpose/drawing/figure.h"

namespace superpose::drawing {

struct GraphEdge {
  std::size_t from = 0, to = 0;
  double strength = 1;  ///< above 0: an edge with a quarter of the strength tries to be twice as long
};

/// Where nodes are drawn, in units of a node's diameter, and the size of the box around them, whose corner is
/// at (0, 0).
struct GraphLayout {
  std::vector<Position> at = {};
  double width = 0, height = 0;
};

/// Places the nodes of a connected graph. Pairs should be as far apart as along the shortest path of the
/// graph, in the least squares sense (Kamada and Kawai, 1989, minimised by majorisation: Gansner, Koren and
/// North, 2004). It starts from a circle on which strong edges join neighbours. Nodes are at least 1 apart,
/// and the strongest edges 3 long where the graph lets them. The same graph gives the same layout. edges:
/// between different nodes below n_nodes. The work grows with the cube of n_nodes: 400 nodes take some 0.1 s.
GraphLayout lay_out(std::size_t n_nodes, std::span<const GraphEdge> edges);

/// Edges that are enough to see the shape of a graph: those of its strongest spanning forest, and then the
/// strongest others, `most` in all unless the forest has more.
std::vector<GraphEdge> strongest_edges(std::size_t n_nodes, std::vector<GraphEdge> edges, std::size_t most);

/// Boxes in lines, from the left. Each line is as high as its highest box.
struct Packing {
  std::vector<Position> at = {};  ///< upper left corner of each box
  double height = 0;
};

/// Packs boxes in their order, `gap` apart, into lines of that width. A box that is wider gets a line of its
/// own.
Packing pack(std::span<const GraphLayout> boxes, double width, double gap);

}  // namespace superpose::drawing
