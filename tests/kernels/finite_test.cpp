#include "superpose/kernels/finite.h"

#include <gtest/gtest.h>

#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "superpose/kernels/cpu/targets.h"

namespace superpose::kernels {
namespace {

using Limits = std::numeric_limits<float>;

TEST(Finite, FindsTheFirstNumberThatIsNot) {
  for (const std::string& target : cpu::supported_targets()) {
    const cpu::ForcedTarget forced(target);
    for (const std::size_t size : {0U, 1U, 3U, 16U, 1023U, 1024U, 1025U, 3 * 1024U + 130U}) {
      std::vector<float> numbers(size);
      const float finite[] = {0.0F, -0.0F, Limits::max(), Limits::lowest(), Limits::denorm_min(), 1.5F};
      for (std::size_t i = 0; i < size; ++i) numbers[i] = finite[i % std::size(finite)];
      EXPECT_EQ(find_not_finite(numbers), size) << target;
      for (std::size_t at = 0; at < size; at += at < 1100 ? 1 : 61) {
        for (const float wrong : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
          std::vector<float> with = numbers;
          with[at] = wrong;
          with.back() = wrong;
          EXPECT_EQ(find_not_finite(with), at) << target << ", " << size << " numbers";
        }
      }
    }
  }
}

}  // namespace
}  // namespace superpose::kernels
