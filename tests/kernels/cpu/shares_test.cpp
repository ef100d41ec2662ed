#include "superpose/kernels/cpu/shares.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace superpose::kernels::cpu {
namespace {

/// What two threads that work at the same speed would do, without threads: the one that is free first takes
/// the next share. Checks that a member's steps come in order, each once, and in one pair of hands at a time.
struct Simulation {
  Simulation(const std::vector<double>& cost, std::size_t n_steps, int n_threads)
      : reached(cost.size()), free_at(static_cast<std::size_t>(n_threads)) {
    Shares shares(cost, n_steps, n_threads);
    struct Held {
      std::optional<Shares::Share> share;
      bool left = false;
    };
    std::vector<Held> held(free_at.size());
    while (true) {
      // The next to be free, of those that have not left.
      std::size_t thread = free_at.size();
      for (std::size_t t = 0; t < free_at.size(); ++t) {
        if (!held[t].left && (thread == free_at.size() || free_at[t] < free_at[thread])) thread = t;
      }
      if (thread == free_at.size()) break;
      if (held[thread].share) shares.give_back(*held[thread].share);
      held[thread].share = shares.take();
      if (const auto& share = held[thread].share; !share) {
        held[thread].left = true;
      } else {
        for (std::size_t t = 0; t < held.size(); ++t) {
          EXPECT_FALSE(t != thread && !held[t].left && held[t].share &&
                       held[t].share->member == share->member)
              << "two threads at one member";
        }
        EXPECT_EQ(share->begin, reached[share->member]);
        EXPECT_GT(share->end, share->begin);
        reached[share->member] = share->end;
        const double work = cost[share->member] * static_cast<double>(share->end - share->begin);
        free_at[thread] += work;
        ++n_shares;
      }
    }
    for (const std::size_t end : reached) EXPECT_EQ(end, n_steps);
  }

  [[nodiscard]] double span() const { return std::ranges::max(free_at); }

  std::vector<std::size_t> reached;
  std::vector<double> free_at;
  std::size_t n_shares = 0;
};

TEST(Shares, AloneEveryMemberIsDoneInOneGo) {
  EXPECT_EQ(Simulation({3, 1, 2}, 1000, 1).n_shares, 3U);
}

TEST(Shares, EvenMembersEndTogether) {
  for (const std::size_t members : {2U, 3U, 7U, 20U}) {
    const std::vector<double> cost(members, 1.0);
    const double ideal = static_cast<double>(members) * 1000 / 2;
    EXPECT_LT(Simulation(cost, 1000, 2).span(), 1.05 * ideal) << members;
  }
}

TEST(Shares, UnevenMembersEndTogetherToo) {
  const std::vector<double> cost{1, 2, 100, 3, 55, 20, 40, 1};
  const double work = std::accumulate(cost.begin(), cost.end(), 0.0) * 500;
  EXPECT_LT(Simulation(cost, 500, 2).span(), 1.05 * work / 2);
  EXPECT_LT(Simulation(cost, 500, 3).span(), std::max(1.05 * work / 3, 100 * 500 * 1.02))
      << "or as the longest";
}

TEST(Shares, OneMemberThatOutlastsAllIsNeverWaitedFor) {
  const std::vector<double> cost{100, 1, 1, 1};
  EXPECT_EQ(Simulation(cost, 200, 2).span(), 100 * 200);
}

TEST(Shares, AStepIsNotSplit) {
  const Simulation simulation({1, 1, 1}, 1, 2);
  EXPECT_EQ(simulation.n_shares, 3U);
  EXPECT_EQ(simulation.span(), 2);
}

}  // namespace
}  // namespace superpose::kernels::cpu
