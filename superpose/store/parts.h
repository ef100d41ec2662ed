#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "superpose/run/run.h"
#include "superpose/store/run_experiment.h"
#include "superpose/train/ensemble.h"

/// The members of a run can be trained in parts [begin, end), anywhere and in any order. Joined, they give
/// the same bits as a run that is trained at once. A part lies below the run's directory in parts/BEGIN-END.
/// It has the files of a run, with members in place of instances. Their metadata say which members the part
/// has.
namespace superpose::store {

/// The path of a part, relative to the run's directory: "parts/0-12" for members [0, 12).
std::string part_path(const MemberRange& members);

/// Splits the members of a run into parts of about equal size, in order. returns: n_parts parts, or one for
/// each member where that is fewer. n_parts: above 0.
std::vector<MemberRange> split_members(const Experiment& experiment, std::int64_t n_parts);

/// Trains a part of a run. Several processes may train parts at once while nobody writes the run itself; the
/// first of them writes the run's experiment.toml. options: `directory` is the run's; `resume` goes on with
/// the part. returns: kAlreadyDone also where the run is whole, since a part does not replace a run. Errors:
/// as of run_experiment; CannotResume where the directory belongs to another experiment.
Completion train_part(const Experiment& experiment, const MemberRange& members, const RunOptions& options);

/// The members of each whole part in a run's directory.
std::vector<MemberRange> whole_parts(const Directory& run);

/// Reads the parts of a run and joins them. parts: in any order; each member of the run is in exactly one of
/// them. Errors: InvalidRequest when members are missing or in several parts, or when a file is broken or
/// belongs to another experiment, which it names; NotFinished when a part is not whole.
run::Run join_parts(const Experiment& experiment, std::span<const MemberRange> parts, const Directory& run);

/// Joins the whole parts in a run's directory, writes the run's results and removes the parts.
/// Errors: as of join_parts; InvalidRequest when a part is in training; Error when a file cannot be written.
RunEnd join_run(const std::filesystem::path& directory, const Directory* root = nullptr);

}  // namespace superpose::store
