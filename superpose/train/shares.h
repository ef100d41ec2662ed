#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace superpose {

/// Shares a stretch of every member's steps out among threads. Whoever is free gets some steps of the member
/// with the most work left that nobody is at: a dense instance is begun first and never waited for by those
/// that could do something else, and all threads end within a share of each other as long as no single member
/// outlasts them.
class Shares {
 public:
  /// Steps [begin, end) of a member.
  struct Share {
    std::size_t member = 0, begin = 0, end = 0;
  };

  /// step_cost: of each member, in any unit, above 0.
  Shares(std::span<const double> step_cost, std::size_t n_steps, int n_threads);

  /// The next share, to be given back when it is done; none when all work is done or in other hands.
  std::optional<Share> take();
  void give_back(const Share& done);

 private:
  struct Left {
    double work;  // of steps [begin, n_steps)
    std::size_t member, begin;
  };

  const std::span<const double> step_cost_;
  const std::size_t n_steps_;
  double share_ = 0;  // work of a share, about
  std::mutex mutex_;
  std::vector<Left> heap_;  // members that nobody is at and that have steps left
};

}  // namespace superpose
