#include "apps/cli/progress_bar.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace superpose::cli {
namespace {

constexpr std::size_t kShortestBar = 12, kLongestBar = 42;  // brackets and the space before them included
constexpr std::chrono::milliseconds kRedraw{100};
constexpr const char* kClearLine = "\r\x1b[K";

std::string format_duration(double seconds) {
  if (!(seconds < 1e9)) return "-:--";
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  const auto hours = whole / 3600;
  const auto minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string format_loss(const Progress& progress) {
  if (progress.not_finite == 0) return fmt::format("loss {:#.4g}", progress.loss);
  if (std::isnan(progress.loss)) return "loss not finite";
  return fmt::format("loss {:#.4g} ({} not finite)", progress.loss, progress.not_finite);
}

/// `columns` wide, a space before it: " [====>   ]".
std::string format_bar(double fraction, std::size_t columns) {
  const std::size_t inside = columns - 3;
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(inside));
  const std::string head = filled < inside ? ">" : "";
  return fmt::format(" [{:{}}]", std::string(filled, '=') + head, inside);
}

std::size_t terminal_columns(std::FILE* terminal) {
  winsize size = {};
  const bool known = ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

std::string format_progress(const Progress& progress, std::size_t columns) {
  const double fraction = static_cast<double>(progress.step) / static_cast<double>(progress.steps);
  const std::string percentage = fmt::format("{:3}%", static_cast<int>(fraction * 100));
  const double left = static_cast<double>(progress.steps - progress.step) / progress.steps_per_second;
  const std::array parts = {format_loss(progress), format_duration(left) + " left",
                            fmt::format("{:.0f} steps/s", progress.steps_per_second),
                            fmt::format("lr {:.3g}", progress.lr)};

  std::string line;
  for (const std::string& part : parts) {
    if (percentage.size() + line.size() + 2 + part.size() >= columns) break;
    line += "  " + part;
  }
  const std::size_t used = percentage.size() + line.size() + 1;  // the terminal's last column stays free
  const std::size_t room = columns > used ? std::min(columns - used, kLongestBar) : 0;
  return percentage + (room >= kShortestBar ? format_bar(fraction, room) : "") + line;
}

ProgressBar::~ProgressBar() {
  if (start_) {
    std::fputs(kClearLine, terminal_);
    std::fflush(terminal_);
  }
}

void ProgressBar::observe(const Observation& observation) {
  const auto now = Clock::now();
  if (!start_) {  // a rate needs two observations
    start_ = drawn_ = now;
    first_step_ = observation.step;
    return;
  }
  if (now - drawn_ < kRedraw) return;
  drawn_ = now;

  Progress progress = {.step = observation.step + 1, .steps = observation.steps, .lr = observation.lr};
  const std::chrono::duration<double> elapsed = now - *start_;
  progress.steps_per_second = static_cast<double>(observation.step - first_step_) / elapsed.count();
  for (const float loss : observation.loss) {
    if (std::isfinite(loss)) {
      progress.loss += static_cast<double>(loss);
    } else {
      ++progress.not_finite;
    }
  }
  progress.loss /= static_cast<double>(observation.loss.size() - progress.not_finite);
  fmt::print(terminal_, "{}{}", kClearLine, format_progress(progress, terminal_columns(terminal_)));
  std::fflush(terminal_);
}

StatusLine::StatusLine(std::FILE* terminal, const char* text) : terminal_(terminal) {
  std::fputs(text, terminal_);
  std::fflush(terminal_);
}

StatusLine::~StatusLine() {
  std::fputs(kClearLine, terminal_);
  std::fflush(terminal_);
}

bool is_terminal(std::FILE* stream) {
  return isatty(fileno(stream)) == 1;
}

}  // namespace superpose::cli
