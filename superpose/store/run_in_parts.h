#pragma once

#include <cstdint>

#include "superpose/store/jobs.h"

namespace superpose::store {

/// Trains an experiment as that many jobs, each of a part of its members (parts.h), and joins what they
/// leave: the run has the bytes that run_experiment gives. Parts that are whole are kept until all are, so
/// that a run that was stopped goes on with those that are missing. Parts of another division are not used,
/// and go away at the end. n_parts: at least 1; at most one part for each member. options: of each job; its
/// observers are not called. Errors: as of run_experiment and join_parts.
RunEnd run_in_parts(const Experiment& experiment, const RunOptions& options, std::int64_t n_parts,
                    const Executor& execute = run_in_turn);

}  // namespace superpose::store
