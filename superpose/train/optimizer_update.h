#pragma once

#include <cstdint>

#include "superpose/kernels/step.h"
#include "superpose/train/optimizer.h"

namespace superpose {

/// The coefficients of one step, for all instances. lr: after the schedule. step: 0 for the first.
kernels::Update make_update(const OptimizerOptions& options, double lr, std::int64_t step);

}  // namespace superpose
