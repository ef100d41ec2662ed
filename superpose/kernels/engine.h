#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "superpose/core/activation.h"
#include "superpose/core/philox.h"
#include "superpose/core/set_decision.h"

/// The hot loops: plain pointers in, no knowledge of models; train and evaluate neither allocate nor throw.
/// One back end, in cpu/.
namespace superpose::kernels {

/// One autoencoder x' = output(W2 h + b_final), h = hidden(W1^T x), with its inputs (data/, or given). Loss:
/// mean over batch and features of importance_f (t_f - x'_f)^2 with the target t = x or |x|.
struct Instance {
  std::size_t n_features = 1;
  std::size_t n_hidden = 1;
  std::size_t batch_size = 1;
  bool tied = true;                           ///< W2 is W1, and called W
  Activation hidden = Activation::kIdentity;  ///< kIdentity or kRelu
  Activation output = Activation::kRelu;
  bool absolute_target = false;

  philox::Key key{};                          ///< seed and stream of the samples
  std::uint32_t id = 0;                       ///< the instance's number in the samples' counters
  const std::int32_t* last_active = nullptr;  ///< (n_features), see IndependentFeatures
  const float* scale = nullptr;               ///< (n_features), see IndependentFeatures
  float gap_scale = 0;                        ///< see IndependentFeatures
  bool signed_values = false;                 ///< see IndependentFeatures
  std::span<const SetDecision> decisions{};   ///< of sets of features; none where all are independent
  std::size_t n_slots = 1;                    ///< that decisions switch, slot 0 among them
  const std::uint32_t* slot =
      nullptr;                        ///< (n_features): which one must be on; null where all are independent
  const float* importance = nullptr;  ///< (n_features)

  const float* x = nullptr;       ///< samples to take instead of drawn ones: (batch_size, n_features), finite
  const float* target = nullptr;  ///< t of those samples, the same, in place of x or |x|; may be null
  std::size_t x_stride = 0;       ///< floats from a sample to the next, of x and of target
};

/// What a training instance changes.
struct Parameters {
  float* W = nullptr;        ///< (n_features, n_hidden): W, or W1
  float* W2 = nullptr;       ///< (n_features, n_hidden), not looked at where tied
  float* b_final = nullptr;  ///< (n_features)
  float* moments = nullptr;  ///< (2, parameters): the optimiser's state, of W, W2 where there is one, b_final
};

/// What evaluating an instance reads: as above.
struct ConstantParameters {
  const float* W = nullptr;
  const float* W2 = nullptr;
  const float* b_final = nullptr;
};

/// How one step turns a gradient g into an update of a parameter w; m and v are its two moments.
struct Update {
  enum class Rule { kAdam, kMomentum };
  Rule rule = Rule::kAdam;
  float l2 = 0;         ///< g += l2 w
  float decay = 1;      ///< w *= decay, before the step
  float step_size = 0;  ///< kAdam: lr / (1 - beta1^t); kMomentum: lr
  float beta1 = 0;      ///< kAdam: m = beta1 m + (1 - beta1) g; kMomentum: m = beta1 m + g
  float beta2 = 0;      ///< kAdam: v = beta2 v + (1 - beta2) g^2
  float one_minus_beta1 = 1;
  float one_minus_beta2 = 1;
  float correction2 = 1;  ///< kAdam: 1 / sqrt(1 - beta2^t)
  float eps = 0;  ///< kAdam: w -= step_size m / (sqrt(v) correction2 + eps); kMomentum: w -= step_size m
};

/// Floats of scratch memory that a call on the instance needs, aligned to kBufferAlignment.
std::size_t scratch_floats(const Instance& instance) noexcept;

/// About how many cycles of one core a training step of the instance takes: to share work out, never to
/// decide what is computed.
double step_cycles(const Instance& instance) noexcept;

/// Takes updates.size() steps, the first one numbered first_step; at most one where x is given. The order of
/// every sum is fixed, so the result is the same bits on every instruction set with fused multiply-add. loss:
/// if not null, where the last step's batch loss goes, taken before its update.
void train(const Instance& instance, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<float> scratch) noexcept;

/// Mean loss over n_batches batches: the steps numbered 0 to n_batches - 1 of the instance's stream. Where x
/// is given, n_batches is 1.
double evaluate(const Instance& instance, const ConstantParameters& parameters, std::uint32_t n_batches,
                std::span<float> scratch) noexcept;

/// Names of the instruction sets that this machine supports and the library was built for, best first:
/// "AVX3", ...
std::vector<std::string> supported_targets();

/// While it lives, the whole process uses that instruction set. For tests and benchmarks: not while others
/// train.
class ForcedTarget {
 public:
  /// name: one of supported_targets(). Errors: InvalidRequest for any other.
  explicit ForcedTarget(const std::string& name);
  ~ForcedTarget();
  ForcedTarget(const ForcedTarget&) = delete;
  ForcedTarget& operator=(const ForcedTarget&) = delete;
};

}  // namespace superpose::kernels
