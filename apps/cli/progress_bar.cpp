#include "apps/cli/progress_bar.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <exception>

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

/// Whether drawing there would draw over the output of another job of the shell.
bool is_in_background(int descriptor) {
  const pid_t foreground = ::tcgetpgrp(descriptor);  // -1: no terminal, or not that of this session
  return foreground > 0 && foreground != ::getpgrp();
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
  const std::size_t used = percentage.size() + line.size() + 1;  // the last column of the terminal stays free
  const std::size_t room = columns > used ? std::min(columns - used, kLongestBar) : 0;
  return percentage + (room >= kShortestBar ? format_bar(fraction, room) : "") + line;
}

Terminal::Terminal(std::FILE* stream) : descriptor_(fileno(stream)) {
  std::fflush(stream);
  std::array<char, 256> name = {};
  if (::ttyname_r(descriptor_, name.data(), name.size()) == 0)
    own_ = ::open(name.data(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (own_ >= 0) descriptor_ = own_;
}

Terminal::~Terminal() {
  if (own_ >= 0) ::close(own_);
}

void Terminal::write(std::string_view text) noexcept {
  if (gone_ || is_in_background(descriptor_)) return;
  pollfd terminal = {.fd = descriptor_, .events = POLLOUT, .revents = 0};
  if (::poll(&terminal, 1, 0) < 0) return;
  gone_ = (terminal.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
  if (gone_ || (terminal.revents & POLLOUT) == 0) return;
  if (::write(descriptor_, text.data(), text.size()) < 0 && errno != EINTR && errno != EAGAIN) gone_ = true;
}

std::size_t Terminal::columns() const noexcept {
  winsize size = {};
  const bool known = ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

ProgressBar::~ProgressBar() {
  if (start_) terminal_.write(kClearLine);
}

void ProgressBar::show(const TrainingProgress& progress) noexcept {
  const auto now = Clock::now();
  if (!start_) {  // a rate needs two messages
    start_ = drawn_ = now;
    first_step_ = progress.step;
    return;
  }
  if (now - drawn_ < kRedraw) return;
  drawn_ = now;
  try {
    draw(progress);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): a bar that cannot be made is not drawn
  }
}

void ProgressBar::draw(const TrainingProgress& progress) {
  const std::chrono::duration<double> elapsed = drawn_ - start_.value_or(drawn_);
  Progress shown = {progress};
  shown.steps_per_second = static_cast<double>(progress.step - first_step_) / elapsed.count();
  terminal_.write(kClearLine + format_progress(shown, terminal_.columns()));
}

StatusLine::StatusLine(std::FILE* terminal, const char* text) : terminal_(terminal) {
  terminal_.write(text);
}

StatusLine::~StatusLine() {
  terminal_.write(kClearLine);
}

bool is_terminal(std::FILE* stream) {
  return isatty(fileno(stream)) == 1;
}

}  // namespace superpose::cli
