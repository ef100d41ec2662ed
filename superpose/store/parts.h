#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "superpose/run/run.h"
#include "superpose/store/run_experiment.h"
#include "superpose/train/ensemble.h"

/// A run's members trained in parts [begin, end), anywhere and in any order, and joined to the run that
/// training them at once gives, to the bit. A part lies below the run's directory in parts/BEGIN-END. It has
/// the files of a run, with members in the place of instances, and says in their metadata which members it
/// has.
namespace superpose::store {

/// Where a part is, from the run's directory: "parts/0-12" for members [0, 12).
std::string part_path(const MemberRange& members);

/// A run's members in that many parts of about as many members each, in order; at most one part for each
/// member. n_parts > 0.
std::vector<MemberRange> split_members(const Experiment& experiment, std::int64_t n_parts);

/// Trains a part of a run. Several may be trained at once, in different processes, while nobody writes the
/// run itself; whoever comes first writes the run's experiment.toml. options: directory is the run's; resume
/// goes on with the part. returns: kAlreadyDone, too, where the run is whole: a part does not replace a run.
/// Errors: as of run_experiment; CannotResume where the directory is of another experiment.
RunOutcome train_part(const Experiment& experiment, const MemberRange& members, const RunOptions& options);

/// The parts in a run's directory that are whole, by their members.
std::vector<MemberRange> whole_parts(const Directory& run);

/// Reads the parts of a run and joins them. parts: in any order; each of the run's members is in one of them.
/// Errors: InvalidRequest when members are missing or in several parts, or that names the file at fault; it
/// may be another experiment's. NotFinished when a part is not whole.
run::Run join_parts(const Experiment& experiment, std::span<const MemberRange> parts, const Directory& run);

/// Joins the parts that are whole in a run's directory, makes the run whole and removes the parts.
/// Errors: as of join_parts; InvalidRequest when a part is in training; Error when a file cannot be written.
RunEnd join_run(const std::filesystem::path& directory, const Directory* root = nullptr);

}  // namespace superpose::store
