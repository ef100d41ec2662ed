#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The graph of represented features, joined where they share dimensions (|cosine| above kConnectedCosine), a
/// panel an instance: its components one by one, each kind of polytope in a row of its own from the highest
/// dimensionality to the lowest, named and counted. Darker edges are larger cosines; of a component only the
/// strongest edges are drawn. Of more than 6 instances those are drawn in which one polytope or another is
/// most frequent, then evenly chosen ones; of more than 400 features the first 400: the title says so. [P,
/// "The geometry of superposition"]
drawing::Figure graph_figure(const run::Run& run);

}  // namespace superpose::figures
