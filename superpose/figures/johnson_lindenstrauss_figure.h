#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/study/study.h"

namespace superpose::figures {

/// Left: the bound on the number of dimensions over the number of points, a line for each eps. Right: how far
/// the squared distances of randomly projected points are off, over the number of dimensions, with the bound.
drawing::Figure johnson_lindenstrauss_figure(const study::Study& study,
                                             const study::JohnsonLindenstrauss& of_kind,
                                             const study::JohnsonLindenstraussResult& result,
                                             const Wanted& wanted = {});

}  // namespace superpose::figures
