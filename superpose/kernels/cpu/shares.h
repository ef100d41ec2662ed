#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace superpose::kernels::cpu {

/// Hands the steps of every member out to threads, a share at a time. A free thread takes the idle member
/// with the most work left. Expensive members start first, so none finishes alone; all threads end within a
/// share of each other, unless a single member outlasts them. The class starts no threads, and only one call
/// may run at a time.
class Shares {
 public:
  /// Steps [begin, end) of a member.
  struct Share {
    std::size_t member = 0, begin = 0, end = 0;
  };

  /// step_cost: of each member, in any unit, above 0; must outlive this object.
  Shares(std::span<const double> step_cost, std::size_t n_steps, int n_threads);

  /// The next share, which must be given back when it is done. Nothing when all work is done or other callers
  /// have it.
  std::optional<Share> take();
  void give_back(const Share& done);

 private:
  struct Left {
    double work;  // of steps [begin, n_steps)
    std::size_t member, begin;
  };

  const std::span<const double> step_cost_;
  const std::size_t n_steps_;
  double share_ = 0;        // about how much work a share is
  std::vector<Left> heap_;  // members that are idle and have steps left
};

}  // namespace superpose::kernels::cpu
