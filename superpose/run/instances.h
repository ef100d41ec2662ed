#pragma once

#include <cstdint>
#include <span>

#include "superpose/run/run.h"

namespace superpose::run {

/// A run that holds some instances of another, in the given order, with all that was recorded of them. Its
/// experiment describes these instances to the bit. Training that experiment gives other results, because the
/// random numbers of an instance depend on its place. instances: at least one, each in [0, n_instances).
/// Errors: InvalidRequest when they are not.
Run choose_instances(const Run& run, std::span<const std::int64_t> instances);

}  // namespace superpose::run
