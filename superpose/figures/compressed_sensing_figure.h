#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/study/results.h"

namespace superpose::figures {

/// Left: how often matching pursuit recovers a sparse vector, over m/n and k/m, with the phase transition.
/// Right: dimensions per feature of trained toy models over the density, with the bound.
Figure compressed_sensing_figure(const Study& study, const CompressedSensing& of_kind,
                                 const CompressedSensingResult& result);

}  // namespace superpose::figures
