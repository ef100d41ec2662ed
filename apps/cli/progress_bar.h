#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "superpose/train/progress.h"

namespace superpose::cli {

/// What a progress bar shows.
struct Progress : TrainingProgress {
  double steps_per_second = 0;
};

/// The bar as one line of less than `columns` columns. The least important parts are left out when they do
/// not fit.
std::string format_progress(const Progress& progress, std::size_t columns);

/// A terminal that lines are drawn on while work goes on. It may go away, be stopped (Ctrl-S), or belong to
/// another job of the shell: then nothing is drawn. The work never waits for it.
class Terminal {
 public:
  /// stream: for instance standard error.
  explicit Terminal(std::FILE* stream);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void write(std::string_view text) noexcept;
  [[nodiscard]] std::size_t columns() const noexcept;

 private:
  int descriptor_;
  int own_ = -1;  ///< the terminal opened anew, so that writing to it does not wait; -1: it cannot be
  bool gone_ = false;
};

/// Draws a bar on a terminal, at most ten times a second. Its destructor removes the bar.
class ProgressBar {
 public:
  explicit ProgressBar(std::FILE* terminal) : terminal_(terminal) {}
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(const TrainingProgress& progress) noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  void draw(const TrainingProgress& progress);

  Terminal terminal_;
  std::int64_t first_step_ = 0;
  std::optional<Clock::time_point> start_;  // of the first message
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
  Terminal terminal_;
};

/// Whether a person reads the stream.
bool is_terminal(std::FILE* stream);

}  // namespace superpose::cli
