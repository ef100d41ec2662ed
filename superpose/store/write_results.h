#pragma once

#include <utility>

#include "superpose/store/result_directory.h"

namespace superpose::store {

/// For results without a preparation.
inline constexpr auto kNothingToPrepare = [] {};

/// Leaves the results of a description in a directory, by the protocol of result_directory.h: nothing is done
/// where they are whole, and what is there is gone on with where that is asked for.
/// options: RunOptions, SweepOptions or StudyOptions. write(directory, found): writes the results, last what
/// makes them whole; returns false when it was stopped. prepare(): checks the request before the first file
/// changes. Errors: as of look and begin_results, and those of the two.
template <class Options, class Write, class Prepare = decltype(kNothingToPrepare)>
RunEnd write_results(const Description& description, const Options& options, const Write& write,
                     const Prepare& prepare = kNothingToPrepare) {
  const Older older = older_results(options.resume, options.overwrite);
  if (look(options.directory, options.root, description, older) == Found::kWhole)
    return {Completion::kAlreadyDone, Directory::open(options.directory, options.root)};
  prepare();
  auto [directory, found] = begin_results(options.directory, options.root, description, older, options.warn);
  if (found == Found::kWhole) return {Completion::kAlreadyDone, std::move(directory)};
  const bool finished = write(directory, found);
  return {finished ? Completion::kFinished : Completion::kStopped, std::move(directory)};
}

}  // namespace superpose::store
