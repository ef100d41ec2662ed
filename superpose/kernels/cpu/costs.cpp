#include "superpose/kernels/cpu/costs.h"

#include <cmath>

#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"
#include "superpose/kernels/cpu/path.h"

namespace superpose::kernels::cpu {
namespace {

// A step, whatever its samples.
constexpr double kStep = 500;           // the first round of the generator, and function calls
constexpr double kParameterUpdate = 4;  // the optimiser step of a weight

// A sample in lanes, 16 to a vector.
constexpr double kProducts = 5;          // products of n m multiply-adds each
constexpr double kProductsShare = 1.15;  // how much longer they take than their multiply-adds alone
constexpr double kDenseWord = 0.8;       // a feature's random word, and its value

// A candidate (a feature of a sample that is drawn by gaps).
constexpr double kCandidate = 9;  // cycles until it is in its row

// Through W W^T. Each candidate reads a row of W W^T, and reads and writes a row of X^T D. With more features
// these come from more distant caches.
constexpr double kGramRow = 40;             // a sample that has a candidate
constexpr double kGramRowVector = 4;        // and for each vector of its outputs
constexpr double kGramCandidate = 14;       // a candidate
constexpr double kGramCandidateVector = 4;  // and for each vector of outputs
constexpr double kGramCacheFeatures =
    160;                              // this many more features cost one more cycle for a candidate's vector
constexpr double kGramProduct = 2.3;  // W W^T, and (X^T D + D^T X) W: for each of their n m / 16 vectors
constexpr double kGramTranspose = 0.7;  // X^T D + D^T X: an element

// The backward pass through W W^T, for some rows. These are integers because the decision is taken while the
// step runs.
constexpr std::size_t kProductInputVector = 3;  // a candidate's row of X^T D
constexpr std::size_t kProductColumn =
    16;                                    // beside 2 m, halved: a vector of a row of X^T D at the step's end
constexpr std::size_t kOutputsVector = 5;  // an output or input: a vector of hidden units
constexpr std::size_t kOutputsRowVector = 8;  // a row: to find the outputs with a gradient, for each vector
constexpr std::size_t kOutputsRow = 40;       // a row

/// The sizes of a step, and the costs that all paths share.
struct Sizes {
  Sizes(const Step& step, std::size_t batch_size)
      : n(static_cast<double>(step.n_features)),
        m(static_cast<double>(step.n_hidden)),
        samples(static_cast<double>(batch_size)),
        fixed(kStep + kParameterUpdate * n * m),
        in_lanes(kProducts * n * m / kLanes * kProductsShare + n / 2) {}

  double n, m, samples;
  double fixed;
  double in_lanes;  // of a sample: its products, and half a cycle for each output
};

/// How many candidates a batch has when it is drawn by gaps, and how many samples have one.
struct GapCounts {
  GapCounts(const Task& task, const Sizes& sizes) {
    const double q = 1 / (static_cast<double>(task.drawn.gap_scale) + 0.5);
    candidates = sizes.samples * sizes.n * q;
    rows = sizes.samples * (1 - portable::exp(-sizes.n * q));
  }

  double candidates = 0;
  double rows = 0;
};

std::size_t vectors(std::size_t n) {
  return (n + kLanes - 1) / kLanes;
}

}  // namespace

double dense_cycles(const Step& step, std::size_t batch_size) {
  const Sizes sizes(step, batch_size);
  return sizes.fixed + sizes.samples * (sizes.in_lanes + kDenseWord * sizes.n);
}

double compact_cycles(const Task& task) {
  const Sizes sizes(task.step, task.batch_size);
  const GapCounts counts(task, sizes);
  return sizes.fixed + kCandidate * counts.candidates + counts.rows * sizes.in_lanes;
}

double gram_cycles(const Task& task) {
  const Sizes sizes(task.step, task.batch_size);
  const GapCounts counts(task, sizes);
  const double vectors = std::ceil(sizes.n / kLanes);
  const double row = kGramRow + kGramRowVector * vectors;
  const double candidate = kGramCandidate + vectors * (kGramCandidateVector + sizes.n / kGramCacheFeatures);
  return sizes.fixed + counts.rows * row + counts.candidates * candidate +
         kGramProduct * sizes.n * vectors * sizes.m + kGramTranspose * sizes.n * sizes.n;
}

double step_cycles(const Task& task) {
  switch (choose_path(task)) {
    case Path::kDense:
      return dense_cycles(task.step, task.batch_size);
    case Path::kCompact:
      return compact_cycles(task);
    case Path::kGram:
      break;
  }
  return gram_cycles(task);
}

std::size_t backward_by_product_cycles(const Step& step, const GramProbe& probe) {
  const std::size_t n = step.n_features;
  const std::size_t wide = vectors(n);
  const std::size_t end_of_step = wide * n * (2 * step.n_hidden + kProductColumn);  // twice what it takes
  return kProductInputVector * probe.inputs * wide + probe.rows * end_of_step / (2 * probe.batch_rows);
}

std::size_t backward_by_outputs_cycles(const Step& step, const GramProbe& probe) {
  return kOutputsVector * (probe.outputs + probe.inputs) * vectors(step.n_hidden) +
         probe.rows * (kOutputsRowVector * vectors(step.n_features) + kOutputsRow);
}

}  // namespace superpose::kernels::cpu
