#include "superpose/kernels/cpu/path.h"

#include <cmath>

#include "superpose/core/portable_math.h"

namespace superpose::kernels {
namespace {

// What a step costs each way, in cycles of one core, as measured with AVX-512 (docs/performance.md): within a
// fifth where the ways meet, and the same numbers on every machine.

/// An instance's sizes, and what all ways have in common.
struct Costs {
  explicit Costs(const Instance& instance)
      : n(static_cast<double>(instance.n_features)),
        m(static_cast<double>(instance.n_hidden)),
        samples(static_cast<double>(instance.batch_size)),
        fixed(500 + 4 * n * m),
        in_lanes(5 * n * m / 16 * 1.15 + n / 2) {}

  [[nodiscard]] double dense() const { return fixed + samples * (in_lanes + 0.8 * n); }

  double n, m, samples;
  double fixed;     // the generator's first round, the optimiser
  double in_lanes;  // a sample: five products of n m multiply-adds, 16 samples at a time, and something an
                    // output
};

/// The same of an instance whose samples are drawn by gaps.
struct GapCosts : Costs {
  explicit GapCosts(const Instance& instance) : Costs(instance) {
    const double q = 1 / (static_cast<double>(instance.gap_scale) + 0.5);
    candidates = samples * n * q;
    rows = samples * (1 - portable::exp(-n * q));
  }

  [[nodiscard]] double compact() const { return fixed + 9 * candidates + rows * in_lanes; }

  /// A row of W W^T is read for each candidate and one of X^T D read and written, out of ever more distant
  /// caches; at the end come W W^T and (X^T D + D^T X) W.
  [[nodiscard]] double gram() const {
    const double vectors = std::ceil(n / 16);
    return fixed + rows * (40 + 4 * vectors) + candidates * (14 + vectors * (4 + n / 160)) +
           2.3 * n * vectors * m + 0.7 * n * n;
  }

  double candidates = 0;
  double rows = 0;  // samples with a candidate
};

/// Below, a row of W W^T is less than a vector, and mostly padding.
constexpr std::size_t kLeastGramFeatures = 9;

}  // namespace

Path choose_path(const Instance& instance) {
  if (instance.gap_scale == 0 || instance.x != nullptr) return Path::kDense;
  if (!is_plain(instance) || instance.n_features < kLeastGramFeatures) return Path::kCompact;
  const GapCosts costs(instance);
  return costs.gram() < costs.compact() ? Path::kGram : Path::kCompact;
}

double step_cycles(const Instance& instance) noexcept {
  switch (choose_path(instance)) {
    case Path::kDense:
      return Costs(instance).dense();
    case Path::kCompact:
      return GapCosts(instance).compact();
    case Path::kGram:
      break;
  }
  return GapCosts(instance).gram();
}

}  // namespace superpose::kernels
