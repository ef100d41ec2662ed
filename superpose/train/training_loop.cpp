#include "superpose/train/training_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/floating_point.h"

namespace superpose {
namespace {

/// Seconds of work, on one core, between two questions to the stop token.
constexpr double kStretchSeconds = 0.085;

/// A stretch has at least kFewSteps, unless they take more than kLongestSeconds.
constexpr double kFewSteps = 16;
constexpr double kLongestSeconds = 1;

/// The most steps in a stretch, because each has its coefficients in memory.
constexpr std::int64_t kLongestStretch = 4096;

}  // namespace

TrainingLoop::TrainingLoop(Trainee& trainee, const LoopOptions& options)
    : trainee_(trainee), options_(options), loss_(static_cast<std::size_t>(trainee.members())) {}

void TrainingLoop::observe(std::int64_t every, std::function<void(const Progress&)> observer,
                           bool wants_loss) {
  if (every <= 0)
    throw InvalidRequest(
        {.key = "observe", .expected = "a number of steps above 0", .got = fmt::to_string(every)});
  subscriptions_.push_back({every, std::move(observer), wants_loss});
}

void TrainingLoop::scale_lr(std::vector<double> factors) {
  if (std::ssize(factors) != options_.steps) {
    throw InvalidRequest({.key = "scale_lr",
                          .expected = fmt::format("a factor for each of {} steps", options_.steps),
                          .got = fmt::to_string(factors.size())});
  }
  for (const double factor : factors) {
    if (!(std::isfinite(factor) && factor >= 0))
      throw InvalidRequest(
          {.key = "scale_lr", .expected = "finite factors >= 0", .got = fmt::to_string(factor)});
  }
  lr_factors_ = std::move(factors);
}

bool TrainingLoop::run_until(std::int64_t step, const Watch& watch) {
  const std::int64_t longest = stretch();
  const std::int64_t end = std::min(step, options_.steps);
  while (trainee_.step() < end) {
    if (watch.look) watch.look();
    if (watch.stop.stop_requested()) return false;
    const std::int64_t taken = trainee_.step();
    const std::int64_t seen = next_seen(taken);
    const std::int64_t n = std::min({longest, seen + 1 - taken, end - taken});
    const bool observed = taken + n == seen + 1;
    advance(n, loss_);  // the loss of one step in so many costs nothing to speak of
    last_ = taken + n - 1;
    if (observed) show(seen, loss_wanted(seen) ? std::span<const float>(loss_) : std::span<const float>());
  }
  return true;
}

std::optional<Progress> TrainingLoop::last() const {
  if (!last_) return std::nullopt;
  return Progress{.step = *last_, .steps = options_.steps, .lr = lr(*last_), .loss = loss_};
}

void TrainingLoop::advance(std::int64_t n, std::span<float> loss) {
  std::vector<double> rates;
  rates.reserve(static_cast<std::size_t>(n));
  for (std::int64_t step = trainee_.step(); step < trainee_.step() + n; ++step) rates.push_back(lr(step));
  trainee_.advance(rates, loss);
}

/// Calls the observers of a step.
void TrainingLoop::show(std::int64_t step, std::span<const float> loss) const {
  const Progress progress{.step = step, .steps = options_.steps, .lr = lr(step), .loss = loss};
  for (const auto& subscription : subscriptions_) {
    if (sees(subscription, step)) subscription.observer(progress);
  }
}

double TrainingLoop::lr(std::int64_t step) const {
  // The mode is set here and not around the whole step, which calls the caller's code for samples.
  const StandardFloatingPoint mode;
  const double factor = lr_factors_.empty() ? options_.curve.at(step, options_.steps)
                                            : lr_factors_[static_cast<std::size_t>(step)];
  return options_.lr * factor;
}

bool TrainingLoop::sees(const Subscription& subscription, std::int64_t step) const {
  return step % subscription.every == 0 || step + 1 == options_.steps;
}

bool TrainingLoop::loss_wanted(std::int64_t step) const {
  return std::ranges::any_of(subscriptions_, [&](const Subscription& subscription) {
    return subscription.wants_loss && sees(subscription, step);
  });
}

/// The next step, from `step` on, that an observer sees; the last step where there are no observers.
std::int64_t TrainingLoop::next_seen(std::int64_t step) const {
  std::int64_t next = options_.steps - 1;
  for (const auto& subscription : subscriptions_)
    next = std::min(next, (step + subscription.every - 1) / subscription.every * subscription.every);
  return next;
}

/// How many steps take about kStretchSeconds. With very many members it is more, so that each member is not
/// fetched from memory for only a step or two.
std::int64_t TrainingLoop::stretch() const {
  const double work = trainee_.step_seconds();
  const double steps = std::max(kStretchSeconds / work, std::min(kFewSteps, kLongestSeconds / work));
  const auto most = std::min(kLongestStretch, trainee_.most_steps());
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(steps), 1, most);
}

}  // namespace superpose
