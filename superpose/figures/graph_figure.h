#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The graph of represented features, a panel for each instance. Features are joined where they share
/// dimensions (|cosine| above kConnectedCosine). Components stand one by one: each kind of polytope has a
/// row, from the highest dimensionality to the lowest, with its name and count. Darker edges are larger
/// cosines; only the strongest edges of a component are drawn. Of more than 6 instances it draws those in
/// which some polytope is most frequent, then evenly chosen ones. Of more than 400 features it draws the
/// first 400; the title says so. [P, "The geometry of superposition"]
drawing::Figure graph_figure(const run::Run& run, const Wanted& wanted = {});

}  // namespace superpose::figures
