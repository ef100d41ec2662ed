#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "superpose/core/error.h"
#include "superpose/store/description.h"
#include "superpose/store/directory.h"

/// The protocol of result directories, for runs, sweeps and studies. experiment.toml is written first: it is
/// the description of the results. The results follow, each file whole or not at all. The last of them makes
/// the directory whole. Until then, the same request with Older::kResume goes on with what there is.
namespace superpose::store {

/// The files of result directories.
inline constexpr std::string_view kExperimentFile =
    "experiment.toml";  ///< the description, in every result directory
inline constexpr std::string_view kModelFile = "model.safetensors";        ///< makes a run whole
inline constexpr std::string_view kHistoryFile = "history.safetensors";    ///< in a run
inline constexpr std::string_view kRestartsFile = "restarts.safetensors";  ///< in a run with several restarts
inline constexpr std::string_view kCheckpointFile = "checkpoint.safetensors";  ///< in a run that can go on
inline constexpr std::string_view kSweepFile = "sweep.json";  ///< the points of a sweep; makes it whole
inline constexpr std::string_view kRunsDirectory = "runs";    ///< in a sweep: runs/000, ...
inline constexpr std::string_view kPartsDirectory =
    "parts";  ///< in a run that is trained in parts: parts/0-12, ...
inline constexpr std::string_view kMeasurementsFile = "measurements.safetensors";  ///< makes a study whole
inline constexpr std::string_view kClaimsFile = "claims.json";    ///< in the results of `superpose paper`
inline constexpr std::string_view kFiguresDirectory = "figures";  ///< in the results of `superpose paper`

/// How carrying out a description ended.
enum class Completion {
  kFinished,
  kStopped,      ///< it was asked to stop; the directory holds what resuming needs
  kAlreadyDone,  ///< the results were whole already, and nothing was done
};
using RunOutcome = Completion;  ///< its name in earlier versions

/// How carrying out a description ended, and the directory that has the results. The directory may have been
/// moved meanwhile. Nobody else writes there while this object lives.
struct RunEnd {
  Completion completion;
  Directory directory;

  // NOLINTNEXTLINE(google-explicit-constructor): most callers want just the completion
  operator Completion() const { return completion; }
};

/// Called with one line of text when something went wrong that does not end the work, on the thread that
/// carries it out. Must not throw.
using Warn = std::function<void(const std::string&)>;

/// The results in a directory are not whole.
class [[gnu::visibility("default")]] NotFinished : public InvalidRequest {
 public:
  /// noun: "run", "sweep" or "study".
  NotFinished(const std::filesystem::path& directory, std::string_view noun);
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

/// The results in a directory cannot be resumed: they have another description, or they are broken.
class [[gnu::visibility("default")]] CannotResume : public InvalidRequest {
 public:
  /// resumable: whether the directory's own description can resume them.
  CannotResume(const Fault& fault, std::filesystem::path directory, bool resumable)
      : InvalidRequest(fault), directory_(std::move(directory)), resumable_(resumable) {}
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] bool resumable() const { return resumable_; }

 private:
  std::filesystem::path directory_;
  bool resumable_;
};

/// Results of another description, which superpose wrote and Older::kOverwrite replaces.
class [[gnu::visibility("default")]] OtherResults : public InvalidRequest {
 public:
  using InvalidRequest::InvalidRequest;
};

/// Results of the same description that are not whole, or of fewer steps: Older::kResume goes on with them,
/// Older::kOverwrite replaces them.
class [[gnu::visibility("default")]] Interrupted : public InvalidRequest {
 public:
  using InvalidRequest::InvalidRequest;
};

/// What there is of some results.
enum class Found {
  kNothing,
  kBegun,
  kShorter,  ///< of a run or sweep that takes fewer steps and is the same up to there, whole or not
  kWhole,
};

/// What is to become of older results.
enum class Older {
  kKeep,       ///< nothing is thrown away: whole results of the same description are left as they are
  kOverwrite,  ///< results of any description are replaced
  kResume,     ///< they are gone on with
};

/// What the two flags ask for. Errors: InvalidRequest when both are set.
Older older_results(bool resume, bool overwrite);

/// Whether a run takes more steps than another one, and is else the same.
bool is_longer(const Experiment& experiment, const Experiment& shorter);

/// Looks whether results of a description may be written into a directory. returns: what there is that is
/// kept; kBegun and kShorter only where that is to be gone on with. Changes nothing.
/// Errors: InvalidRequest where files would be replaced that superpose did not write; where results are to be
/// kept OtherResults and Interrupted; CannotResume where those to go on with are of another description.
Found look(const Directory& directory, const Description& description, Older older);
/// Looks into a directory that need not be there. Errors: InvalidRequest also where what is not whole is
/// being written.
Found look(const std::filesystem::path& path, const Directory* root, const Description& description,
           Older older);

/// Results that are about to be written.
struct Begun {
  Directory directory;  ///< claimed
  Found found;          ///< how much there is to go on with
};

/// Makes and claims the directory, and begins: unless there is something to go on with, removes older
/// results, the file that makes them whole first, with the figures drawn of them, and writes the description.
/// Of shorter results it removes what makes them whole, claims and figures. What else lies there stays.
/// Errors: as of look, with nothing changed; InvalidRequest when the directory cannot be written to or is in
/// use; Error when a file cannot be written or removed.
Begun begin_results(const std::filesystem::path& path, const Directory* root, const Description& description,
                    Older older, const Warn& warn);

/// Whether `paper` gives a figure that name, "intro.svg". The figures of older results go with these.
bool is_figure_name(std::string_view file);

/// Removes older results and writes the description of new ones.
void start_afresh(const Directory& directory, const Description& description, const Warn& warn);

/// Removes the results in the directories below `name`, and then the directories that are empty. name:
/// kRunsDirectory or kPartsDirectory. Errors: Error.
void remove_results_below(const Directory& directory, std::string_view name);

/// The description of a directory's results, whole or not. Errors: InvalidRequest that names the directory or
/// file at fault.
Description read_description(const Directory& directory);

/// Checks that a directory holds whole results. expected: "run", "sweep" or "study". returns: their
/// description. Errors: InvalidRequest that says what is there instead; NotFinished when the results are not
/// whole.
Description expect_whole(const Directory& directory, std::string_view expected);

/// The description of the results in a directory, whole or not. returns: nothing where there are none, or
/// none that can be read. Errors: InvalidRequest where the directory may not be read.
std::optional<Description> find_description(const std::filesystem::path& path);

/// Whether a directory has results of a kind: Experiment, Sweep or study::Study.
template <class Kind>
bool holds(const std::filesystem::path& directory) {
  const auto there = find_description(directory);
  return there && std::holds_alternative<Kind>(*there);
}

}  // namespace superpose::store
