#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/study/study.h"

namespace superpose::figures {

/// Left: how many almost orthogonal vectors fit, over the number of dimensions: drawn at random, and spread
/// out, with the bounds on what is possible. Right: their coherence over their number, in one number of
/// dimensions.
drawing::Figure packing_figure(const study::Study& study, const study::AlmostOrthogonal& of_kind,
                               const study::AlmostOrthogonalResult& result, const Wanted& wanted = {});

}  // namespace superpose::figures
