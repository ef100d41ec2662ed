#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace superpose::kernels::cpu {

/// Hands every member's steps out to threads, a share at a time. A free thread takes the idle member with the
/// most work left. Expensive members start first, so none finishes alone; and all threads end within a share
/// of each other, unless a single member outlasts them. Knows no threads: one call at a time.
class Shares {
 public:
  /// Steps [begin, end) of a member.
  struct Share {
    std::size_t member = 0, begin = 0, end = 0;
  };

  /// step_cost: of each member, in any unit, above 0; outlives this.
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
  double share_ = 0;        // work of a share, about
  std::vector<Left> heap_;  // members that are idle and have steps left
};

}  // namespace superpose::kernels::cpu
