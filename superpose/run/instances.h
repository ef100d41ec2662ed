#pragma once

#include <cstdint>
#include <span>

#include "superpose/run/run.h"

namespace superpose::run {

/// A run of these instances of another, in that order, with all that was recorded of them. Its experiment
/// describes them, to the bit; their random numbers are those of their old places, so that running it again
/// is another training. instances: at least one, each in [0, n_instances). Errors: InvalidRequest when they
/// are not.
Run choose_instances(const Run& run, std::span<const std::int64_t> instances);

}  // namespace superpose::run
