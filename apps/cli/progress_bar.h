#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "superpose/train/trainer.h"

namespace superpose::cli {

/// What a progress bar shows.
struct Progress {
  std::int64_t step = 0;   ///< steps taken
  std::int64_t steps = 1;  ///< of the whole run
  double steps_per_second = 0;
  double loss = 0;             ///< mean over those that are finite; NaN when none is
  std::size_t not_finite = 0;  ///< losses that are not
  double lr = 0;
};

/// The bar as one line of less than `columns` columns, the least important parts left out when they do not
/// fit.
std::string format_progress(const Progress& progress, std::size_t columns);

/// An observer that draws a bar on a terminal, redrawn at most ten times a second and gone when it is
/// destroyed.
class ProgressBar {
 public:
  /// terminal: as std::FILE, standard error for instance.
  explicit ProgressBar(std::FILE* terminal) : terminal_(terminal) {}
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void observe(const Observation& observation);

 private:
  using Clock = std::chrono::steady_clock;

  std::FILE* terminal_;
  std::int64_t first_step_ = 0;
  std::optional<Clock::time_point> start_;  // of the first observation
  Clock::time_point drawn_;
};

/// A line of text on a terminal while something without a progress bar runs.
class StatusLine {
 public:
  StatusLine(std::FILE* terminal, const char* text);
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

 private:
  std::FILE* terminal_;
};

/// Whether a stream's reader is a person.
bool is_terminal(std::FILE* stream);

}  // namespace superpose::cli
