#pragma once

#include <cstdint>

#include "superpose/store/jobs.h"

namespace superpose::store {

/// Trains an experiment as several jobs, each for a part of its members (parts.h), and joins their results.
/// The run has the same bytes as run_experiment gives, without the checkpoint of its end. Whole parts are
/// kept until all are whole, so a run that was stopped goes on with the missing ones. Parts of another
/// division are not used, and are removed at the end. n_parts: at least 1; there is at most one part for each
/// member. options: those of each job; its observers are not called. Errors: as of run_experiment and
/// join_parts.
RunEnd run_in_parts(const Experiment& experiment, const RunOptions& options, std::int64_t n_parts,
                    const Executor& execute = run_in_turn);

}  // namespace superpose::store
