#pragma once

#include <span>

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"

namespace superpose::figures {

/// The paper's picture of which features are represented, and how. Each instance is a row; many rows are set
/// in columns. A row has W^T W as a heat map, b_final beside it, and |W_f| as bars in the superposition
/// colour (polysemanticity, clipped to 1). A line stands below feature n_hidden - 1, where the bars would end
/// without superposition. The instances of all runs follow each other. Of more than 24 instances, 24 evenly
/// chosen ones are drawn, and of more than 400 features the first 400; the title says so. [P], [N] Errors:
/// InvalidRequest when there is no run.
drawing::Figure features_figure(std::span<const run::Run* const> runs, const Wanted& wanted = {});

}  // namespace superpose::figures
