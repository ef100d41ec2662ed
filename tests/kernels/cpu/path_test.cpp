#include "superpose/kernels/cpu/path.h"

#include <gtest/gtest.h>

#include "superpose/kernels/cpu/costs.h"
#include "tests/kernels/cases.h"

namespace superpose::kernels::cpu {
namespace {

Path path_of(const Case& c) {
  const CaseMember member(c);
  return choose_path({.step = member.step, .batch_size = member.batch, .drawn = member.drawn()});
}

double cycles_of(const Case& c) {
  const CaseMember member(c);
  return step_cycles({.step = member.step, .batch_size = member.batch, .drawn = member.drawn()});
}

TEST(CpuPath, IsTheOneThatSparsityPaysFor) {
  EXPECT_EQ(path_of({5, 2, 1024, true, 1.0F}), Path::kDense);
  EXPECT_EQ(path_of({5, 2, 1024, true, 0.05F}), Path::kCompact);
  EXPECT_EQ(path_of({20, 5, 1024, true, 0.1F}), Path::kCompact);
  EXPECT_EQ(path_of({100, 20, 1024, true, 0.2F}), Path::kDense);
  EXPECT_EQ(path_of({100, 20, 1024, true, 0.1F}), Path::kGram);
  EXPECT_EQ(path_of({400, 30, 1024, true, 0.01F}), Path::kGram);
  EXPECT_EQ(path_of({400, 30, 8, true, 0.01F}), Path::kCompact) << "too few samples for W W^T";
}

TEST(CpuPath, OfGivenSamplesIsDense) {
  const CaseMember member({100, 20, 1024, true, 0.01F});
  const GivenTable table(member, 0);
  EXPECT_EQ(choose_path({.step = member.step,
                         .batch_size = member.batch,
                         .drawn = member.drawn(),
                         .given = table.view(false)}),
            Path::kDense);
}

TEST(CpuPath, CostsLessWhereLessIsActive) {
  for (const std::size_t n : {5U, 20U, 100U, 400U}) {
    const std::size_t m = n / 5 + 1;
    double previous = cycles_of({n, m, 1024, true, 1.0F});
    for (const float p : {0.05F, 0.01F, 0.001F}) {
      const double cycles = cycles_of({n, m, 1024, true, p});
      EXPECT_LT(cycles, previous) << n << ", p = " << p;
      previous = cycles;
    }
  }
}

}  // namespace
}  // namespace superpose::kernels::cpu
