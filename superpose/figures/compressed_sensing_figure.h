#pragma once

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/study/study.h"

namespace superpose::figures {

/// Left: how often matching pursuit recovers a sparse vector, over m/n and k/m, with the phase transition.
/// Right: dimensions per feature of trained toy models over the density, with the bound.
drawing::Figure compressed_sensing_figure(const study::Study& study, const study::CompressedSensing& of_kind,
                                          const study::CompressedSensingResult& result,
                                          const Wanted& wanted = {});

}  // namespace superpose::figures
