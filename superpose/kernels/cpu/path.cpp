#include "superpose/kernels/cpu/path.h"

#include "superpose/kernels/cpu/costs.h"
#include "superpose/kernels/cpu/engine.h"

namespace superpose::kernels::cpu {
namespace {

/// With fewer features, a row of W W^T is less than a vector, and mostly padding.
constexpr std::size_t kLeastGramFeatures = 9;

}  // namespace

bool fits_gram(const Step& step) {
  return is_plain(step) && step.n_features >= kLeastGramFeatures;
}

Path choose_path(const Task& task) {
  if (task.drawn.gap_scale == 0 || task.is_given()) return Path::kDense;
  if (!fits_gram(task.step)) return Path::kCompact;
  return gram_cycles(task) < compact_cycles(task) ? Path::kGram : Path::kCompact;
}

}  // namespace superpose::kernels::cpu
