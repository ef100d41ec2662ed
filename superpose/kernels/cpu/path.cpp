#include "superpose/kernels/cpu/path.h"

#include <cmath>

#include "superpose/core/portable_math.h"

namespace superpose::kernels {
namespace {

/// What a step costs each way, in cycles of one core, as measured with AVX-512 (docs/performance.md): within
/// a fifth where the ways meet, and the same numbers on every machine.
struct Costs {
  double dense, compact, gram;
};

Costs costs(const Instance& instance) {
  const auto n = static_cast<double>(instance.n_features);
  const auto m = static_cast<double>(instance.n_hidden);
  const auto samples = static_cast<double>(instance.batch_size);
  const double fixed = 500 + 4 * n * m;  // the generator's first round, the optimiser
  // Five products of n m multiply-adds a sample, 16 samples at a time, and what each output takes besides.
  const double sample = 5 * n * m / 16 * 1.15 + n / 2;
  const double dense = samples * (sample + 0.8 * n);  // 0.8 cycles a random number

  if (instance.gap_scale == 0) return {.dense = fixed + dense, .compact = 0, .gram = 0};
  const double q = 1 / (static_cast<double>(instance.gap_scale) + 0.5);
  const double candidates = samples * n * q;
  const double rows = samples * (1 - portable::exp(-n * q));  // samples with a candidate
  const double vectors = std::ceil(n / 16);
  const double drawing = fixed + 10 * candidates;
  return {.dense = 0,
          .compact = drawing + rows * sample + 4 * candidates,
          // A row of W W^T read for each candidate and one of X^T D read and written, out of ever more
          // distant caches; then W W^T and (X^T D + D^T X) W.
          .gram = drawing + rows * (40 + 4 * vectors) + candidates * (8 + vectors * (4 + n / 160)) +
                  2.3 * n * vectors * m + 0.7 * n * n};
}

}  // namespace

Path choose_path(const Instance& instance) {
  if (instance.gap_scale == 0) return Path::kDense;
  const Costs c = costs(instance);
  return c.gram < c.compact ? Path::kGram : Path::kCompact;
}

double step_cycles(const Instance& instance) noexcept {
  const Costs c = costs(instance);
  switch (choose_path(instance)) {
    case Path::kDense:
      return c.dense;
    case Path::kCompact:
      return c.compact;
    case Path::kGram:
      break;
  }
  return c.gram;
}

}  // namespace superpose::kernels
