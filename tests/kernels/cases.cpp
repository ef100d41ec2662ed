#include "tests/kernels/cases.h"

#include <cmath>
#include <limits>
#include <span>

namespace superpose::kernels {

GivenTable::GivenTable(const CaseMember& member, std::uint32_t step)
    : stride(member.step.n_features + 3),
      x(member.batch * stride, std::numeric_limits<float>::quiet_NaN()),
      target(x) {
  const std::size_t n = member.step.n_features;
  const auto samples = member.data.batch(CaseMember::key(), CaseMember::kInstance, step, member.batch);
  for (std::size_t s = 0; s < member.batch; ++s) {
    for (std::size_t f = 0; f < n; ++f) {
      x[s * stride + f] = samples[s * n + f];
      target[s * stride + f] = 0.25F + 0.5F * samples[s * n + (f + 1) % n];
    }
  }
}

std::vector<double> GivenTable::targets(const CaseMember& member) const {
  std::vector<double> result;
  for (std::size_t s = 0; s < member.batch; ++s) {
    const auto row = std::span(target).subspan(s * stride, member.step.n_features);
    result.insert(result.end(), row.begin(), row.end());
  }
  return result;
}

Update adam(int t) {
  // Powers of 0.9 and 0.999 by multiplication, the same on every machine.
  double power1 = 1, power2 = 1;
  for (int i = 0; i < t; ++i) {
    power1 *= 0.9;
    power2 *= 0.999;
  }
  return {.decay = 1 - 1e-3F,
          .step_size = static_cast<float>(1e-2 / (1 - power1)),
          .beta1 = 0.9F,
          .beta2 = 0.999F,
          .one_minus_beta1 = 0.1F,
          .one_minus_beta2 = 0.001F,
          .correction2 = static_cast<float>(1 / std::sqrt(1 - power2)),
          .eps = 1e-8F};
}

std::vector<double> flat(std::vector<double> first, const std::vector<double>& second,
                         const std::vector<double>& third) {
  first.insert(first.end(), second.begin(), second.end());
  first.insert(first.end(), third.begin(), third.end());
  return first;
}

}  // namespace superpose::kernels
