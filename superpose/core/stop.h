#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

// How to ask long work to stop. This is not std::stop_token because libc++ 19 lacks it, for WebAssembly too.

namespace superpose {

/// Tells long work whether somebody has asked it to stop. A function that takes a token returns nothing
/// (std::nullopt, false) when it stopped early. A token is cheap to copy and to ask, from any thread, several
/// at once.
class StopToken {
 public:
  /// A token that never asks to stop.
  StopToken() = default;
  /// Once true, it stays true.
  [[nodiscard]] bool stop_requested() const noexcept { return flag_ != nullptr && flag_->load(); }

 private:
  friend class StopSource;
  explicit StopToken(std::shared_ptr<const std::atomic<bool>> flag) : flag_(std::move(flag)) {}

  std::shared_ptr<const std::atomic<bool>> flag_;
};

/// Tells the holders of its tokens to stop. Its functions may be called from any thread, several at once.
class StopSource {
 public:
  /// May be called in a signal handler, too.
  void request_stop() noexcept { flag_->store(true); }
  [[nodiscard]] bool stop_requested() const noexcept { return flag_->load(); }

  /// Tokens may outlive the source.
  [[nodiscard]] StopToken get_token() const {
    return StopToken(std::shared_ptr<const std::atomic<bool>>(flag_));
  }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free);  // or a signal handler must not store to it

  std::shared_ptr<std::atomic<bool>> flag_ = std::make_shared<std::atomic<bool>>(false);
};

/// How a caller looks after long work.
struct Watch {
  StopToken stop{};
  /// Called on the caller's thread every now and then, while other threads may be at work; may be null. An
  /// exception that it throws ends the work.
  std::function<void()> look{};
};

}  // namespace superpose
