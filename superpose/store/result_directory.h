#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "superpose/core/error.h"
#include "superpose/store/description.h"
#include "superpose/store/directory.h"

/// What every directory of results has in common, be it a run's, a sweep's or a study's: experiment.toml is
/// written first and says what the results are of; the results follow, each file whole or not at all; the
/// last of them makes the directory whole. Until then the same request can be made again, and goes on if it
/// can.
namespace superpose::store {

/// The files of result directories.
inline constexpr std::string_view kExperimentFile = "experiment.toml";     ///< the description, of all
inline constexpr std::string_view kModelFile = "model.safetensors";        ///< makes a run whole
inline constexpr std::string_view kHistoryFile = "history.safetensors";    ///< of a run
inline constexpr std::string_view kRestartsFile = "restarts.safetensors";  ///< where there are several
inline constexpr std::string_view kCheckpointFile =
    "checkpoint.safetensors";                                 ///< of one that is not finished
inline constexpr std::string_view kSweepFile = "sweep.json";  ///< its points: makes a sweep whole
inline constexpr std::string_view kRunsDirectory = "runs";    ///< of a sweep: runs/000, ...
inline constexpr std::string_view kPartsDirectory =
    "parts";  ///< of a run that is trained in parts: parts/0-12, ...
inline constexpr std::string_view kMeasurementsFile = "measurements.safetensors";  ///< makes a study whole
inline constexpr std::string_view kClaimsFile = "claims.json";    ///< of an experiment of the paper
inline constexpr std::string_view kFiguresDirectory = "figures";  ///< of an experiment of the paper

/// How work that writes results ended.
enum class RunOutcome {
  kFinished,
  kStopped,      ///< asked to stop: what is there can be resumed
  kAlreadyDone,  ///< resume of what is whole: nothing was done
};

/// The end of such work, and the directory that has its results, wherever it was moved to: nobody else writes
/// there until this is gone.
struct RunEnd {
  RunOutcome outcome;
  Directory directory;

  operator RunOutcome() const { return outcome; }  // NOLINT(google-explicit-constructor): most want just that
};

/// Called with one line about something that went wrong and that the work goes on without. Must not throw.
using Warn = std::function<void(const std::string&)>;

/// Results that were begun and are not whole.
class NotFinished : public InvalidRequest {
 public:
  /// noun: "run", "sweep" or "study".
  NotFinished(const std::filesystem::path& directory, std::string_view noun);
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

/// Results that cannot be gone on with: they are of another description, or what is there is broken.
class CannotResume : public InvalidRequest {
 public:
  /// resumable: whether what is there can be resumed by its own description.
  CannotResume(const std::string& message, std::filesystem::path directory, bool resumable)
      : InvalidRequest(message), directory_(std::move(directory)), resumable_(resumable) {}
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] bool resumable() const { return resumable_; }

 private:
  std::filesystem::path directory_;
  bool resumable_;
};

/// Results of another kind, which superpose wrote and Older::kOverwrite replaces.
class OtherResults : public InvalidRequest {
 public:
  using InvalidRequest::InvalidRequest;
};

/// What there is of some results.
enum class Found { kNothing, kBegun, kWhole };

/// What is to become of older results.
enum class Older {
  kReplace,    ///< results of the same kind are replaced, those of another kind refused
  kOverwrite,  ///< results of any kind are replaced
  kResume,     ///< they are gone on with
};

/// From what somebody asked for. Errors: InvalidRequest when that is both.
Older older_results(bool resume, bool overwrite);

/// Looks whether results of a description may be written into a directory. returns: what there is to go on
/// with; nothing unless that is asked for. Changes nothing.
/// Errors: InvalidRequest where files would be replaced that superpose did not write; OtherResults;
/// CannotResume where those to go on with are of another description.
Found look(const Directory& directory, const Description& description, Older older);
/// Looks into a directory that need not be there.
Found look(const std::filesystem::path& path, const Directory* root, const Description& description,
           Older older);

/// Results that are about to be written.
struct Begun {
  Directory directory;  ///< claimed
  Found found;          ///< what there is to go on with
};

/// Makes and claims the directory, and begins: unless there is something to go on with, removes older
/// results, the file that makes them whole first, with the figures drawn of them, and writes the description.
/// What else lies there stays.
/// Errors: as of look, with nothing changed; InvalidRequest when the directory cannot be written to or is in
/// use; Error when a file cannot be written or removed.
Begun begin_results(const std::filesystem::path& path, const Directory* root, const Description& description,
                    Older older, const Warn& warn);

/// Whether `paper` gives a figure that name, "intro.svg". The figures of older results go with these.
bool is_figure_name(std::string_view file);

/// Removes older results, and writes the description of new ones.
void start_afresh(const Directory& directory, const Description& description, const Warn& warn);

/// Removes the results in the directories below a directory of that name, and those directories that are
/// empty then. name: kRunsDirectory or kPartsDirectory. Errors: Error.
void remove_results_below(const Directory& directory, std::string_view name);

/// The description of a directory's results, whole or not. Errors: InvalidRequest that names the directory or
/// file at fault.
Description read_description(const Directory& directory);

/// Refuses to read results that are not there or not whole. expected: "run", "sweep" or "study".
/// returns: their description. Errors: InvalidRequest that says what was found in their place; NotFinished.
Description expect_whole(const Directory& directory, std::string_view expected);

/// The kind of results in a directory, whole or not: "run", "sweep", "study". Where there are none, or they
/// cannot be told: "run". Errors: InvalidRequest where it may not be read.
std::string_view kind_of_results(const Directory& directory);
std::string_view kind_of_results(const std::filesystem::path& directory);

}  // namespace superpose::store
