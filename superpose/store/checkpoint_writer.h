#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "superpose/store/directory.h"
#include "superpose/store/result_directory.h"

namespace superpose::store {

/// Writes checkpoints when they are due. One that cannot be written ends nothing: it is said once, and tried
/// again when the next is due.
class CheckpointWriter {
 public:
  /// Writes a checkpoint into a directory. Errors: Error, std::bad_alloc.
  using Write = std::function<void(const Directory&)>;

  /// noun: "run" or "study". seconds: between checkpoints. warn: may be null.
  CheckpointWriter(std::string noun, double seconds, Warn warn);

  /// Sets the directory for all further checkpoints. directory: must outlive this object.
  void write_into(const Directory& directory) { directory_ = &directory; }

  /// The checkpoint that is there is of that place: "step 200".
  void resume_at(std::string place) { last_place_ = std::move(place); }

  /// Writes one if the last one is old enough. place: what it is of.
  void write_if_due(const Write& write, const std::function<std::string()>& place);
  /// Writes the one of work that stops here. Where that fails, says what a resumed work begins with.
  void write_last(const Write& write, std::string place);
  /// Writes the one of a run that is whole. Where that fails, says what a longer run begins with.
  void write_end(const Write& write, std::string place);

 private:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;

  /// returns: why it could not be written; nothing where it was.
  std::optional<std::string> attempt(const Write& write, std::string place);
  void say(const std::string& failure, const std::string& what) const;

  const std::string noun_;
  const Seconds seconds_;
  const Warn warn_;
  const Directory* directory_ = nullptr;
  bool failing_ = false;                     ///< the last checkpoint could not be written
  std::optional<std::string> last_place_{};  ///< of the checkpoint that is there; none: there is none
  Seconds wait_;                             ///< from the end of one checkpoint to the beginning of the next
  Clock::time_point last_ = Clock::now();
};

}  // namespace superpose::store
