// The fused training step of one instance: sample, forward, backward and optimiser over cache-resident tiles;
// nothing but the parameters outlives a step.
//
// Samples run in vector lanes, 16 to a row whatever the vector's width: a narrower vector takes the 16 lanes
// in slices, one after the other. All sums over samples are kept per lane and added up once a step, in one
// order. A tile is a few quads (4 rows, 64 samples). Each quad is sampled, encoded, decoded and
// differentiated while its planes are in the first-level cache; the weights' gradient is taken over the whole
// tile, so that its accumulators are loaded and stored once a tile.

#include "superpose/kernels/engine.h"

#include <algorithm>
#include <limits>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/random.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "superpose/kernels/cpu/engine.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/philox-inl.h"
#include "superpose/kernels/cpu/small-inl.h"
#include "superpose/kernels/cpu/update-inl.h"

#ifndef SUPERPOSE_KERNELS_CPU_ENGINE_ONCE
#define SUPERPOSE_KERNELS_CPU_ENGINE_ONCE
namespace superpose::kernels {
namespace {

/// Quads in a tile: enough to hide the loads and stores of the gradient's accumulators, few enough for the
/// tile's planes to stay in the second-level cache (256 kB, or one quad). For 20 -> 5 and 100 -> 20, one quad
/// costs 15 % more; 16 gain nothing.
inline std::size_t quads_per_tile(std::size_t n_features, std::size_t n_hidden) {
  constexpr std::size_t kTileFloats = 64 * 1024;
  const std::size_t quad_floats = kSamplesPerTile * 2 * (n_features + n_hidden);
  return std::clamp<std::size_t>(kTileFloats / quad_floats, 1, 8);
}

inline std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// Room of a FeaturePrefix, which each instruction set declares for itself.
inline constexpr std::size_t kPrefixFloats = 6;

/// The scratch memory of one instance, cut into its arrays.
struct Scratch {
  std::size_t n_parameters;  // rounded up to 16, so that the optimiser needs no remainder
  float *parameter, *moment1, *moment2, *gradient;  // (n_parameters): W (n_features, n_hidden), then b_final
  float* sum;                                       // (n_parameters, 16): the gradient by lane
  float* error_sum;                                 // (n_features, 16): squared errors by lane
  float* coefficient;                               // (n_features): 2 importance / (batch_size n_features)
  float* mask;                                      // (4, 16): samples present in the last quad
  float* prefix;                                    // (n_features): FeaturePrefix
  float* tile;  // (quads, 2 n_features + 2 n_hidden, 4, lanes): X, D, H, G

  static std::size_t floats(std::size_t n_features, std::size_t n_hidden) {
    Scratch scratch{};
    return scratch.cut(nullptr, n_features, n_hidden);
  }

  /// Lays the arrays out from `memory` on. returns: floats in all.
  std::size_t cut(float* memory, std::size_t n, std::size_t m) {
    std::size_t used = 0;
    const auto take = [&](std::size_t size) {
      float* const array = memory == nullptr ? nullptr : memory + used;
      used += round_up(size, kLanes);
      return array;
    };
    n_parameters = round_up(n * m + n, kLanes);
    parameter = take(n_parameters);
    moment1 = take(n_parameters);
    moment2 = take(n_parameters);
    gradient = take(n_parameters);
    sum = take(n_parameters * kLanes);
    error_sum = take(n * kLanes);
    coefficient = take(n);
    mask = take(kSamplesPerTile);
    prefix = take(kPrefixFloats * n);
    tile = take(quads_per_tile(n, m) * 2 * (n + m) * kSamplesPerTile);
    return used;
  }
};

}  // namespace
}  // namespace superpose::kernels
#endif  // SUPERPOSE_KERNELS_CPU_ENGINE_ONCE

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels {
namespace HWY_NAMESPACE {

/// Inputs of one quad, whose samples' counters end in first_sample + lane. X: (n_features, 4, lanes), out.
HWY_NOINLINE void SampleQuad(const Instance& instance, const StepCounter& counter,
                             const FeaturePrefix* HWY_RESTRICT features, std::uint32_t first_sample,
                             float* HWY_RESTRICT X) {
  const Tag d;
  const hn::RebindToUnsigned<Tag> du;
  const hn::RebindToSigned<Tag> di;
  const hn::Repartition<std::uint64_t, Tag> d64;
  using V32 = hn::Vec<decltype(du)>;
  const std::size_t lanes = hn::Lanes(d);
  const auto step = counter.prefix(d64);
  const auto even = hn::Add(hn::ShiftLeft<1>(hn::Iota(d64, 0)), hn::Set(d64, first_sample));
  const auto odd = hn::Add(even, hn::Set(d64, 1));
  const std::size_t n = instance.n_features;
  for (std::size_t f = 0; f < n; ++f, X += kQuadRows * lanes) {
    const auto last = hn::Set(di, instance.last_active[f]);
    const auto scale = hn::Set(d, instance.scale[f]);
    const auto value = [&](V32 word) HWY_ATTR {
      const auto u = hn::BitCast(di, hn::ShiftRight<1>(word));
      const auto inactive = hn::RebindMask(d, hn::Gt(u, last));
      return hn::IfThenZeroElse(inactive, hn::Mul(hn::ConvertTo(d, u), scale));
    };
    const PhiloxWords<V32> words = Philox(du, step, features[f], even, odd);
    hn::Store(value(words.word0), d, X);
    hn::Store(value(words.word1), d, X + lanes);
    hn::Store(value(words.word2), d, X + 2 * lanes);
    hn::Store(value(words.word3), d, X + 3 * lanes);
  }
}

/// What one pass over a batch is for.
struct Pass {
  std::uint32_t step;
  bool gradient;  // fill Scratch::sum
  bool error;     // fill Scratch::error_sum
};

/// One pass over a batch with the parameters in scratch.
class Batch {
 public:
  Batch(const Instance& instance, const Pass& pass, const Scratch& scratch)
      : instance_(instance),
        pass_(pass),
        scratch_(scratch),
        n_(instance.n_features),
        m_(instance.n_hidden),
        lanes_(hn::Lanes(Tag())),
        plane_(kQuadRows * lanes_),
        quad_stride_(2 * (n_ + m_) * plane_),
        floor_(instance.relu ? 0.0F : std::numeric_limits<float>::quiet_NaN()),
        counter_(instance.key, instance.id, pass.step),
        features_(reinterpret_cast<FeaturePrefix*>(scratch.prefix)) {
    static_assert(sizeof(FeaturePrefix) == kPrefixFloats * sizeof(float));
    for (std::size_t f = 0; f < n_; ++f) features_[f] = counter_.feature(static_cast<std::uint32_t>(f));
  }

  void Run() {
    if (pass_.gradient) std::fill_n(scratch_.sum, scratch_.n_parameters * kLanes, 0.0F);
    if (pass_.error) std::fill_n(scratch_.error_sum, n_ * kLanes, 0.0F);
    const std::size_t quads = (instance_.batch_size + kSamplesPerTile - 1) / kSamplesPerTile;
    const std::size_t full_quads = instance_.batch_size / kSamplesPerTile;
    const std::size_t tile_quads = quads_per_tile(n_, m_);
    const AccumulateSmallFunction small = pass_.error ? nullptr : FindAccumulateSmall(n_, m_);
    for (slice_ = 0; slice_ < kLanes; slice_ += lanes_) {
      std::size_t tile = 0;
      if (small != nullptr) {
        for (; tile < full_quads; tile += tile_quads)
          SmallTile(small, tile, std::min(tile_quads, full_quads - tile));
        tile = full_quads;
      }
      for (; tile < quads; tile += tile_quads) Tile(tile, std::min(tile_quads, quads - tile));
    }
  }

 private:
  // Where a quad's planes begin in the tile: X and D of n_ quantities, H and G of m_.
  [[nodiscard]] float* X(std::size_t quad) const { return scratch_.tile + quad * quad_stride_; }
  [[nodiscard]] float* D(std::size_t quad) const { return X(quad) + n_ * plane_; }
  [[nodiscard]] float* H(std::size_t quad) const { return D(quad) + n_ * plane_; }
  [[nodiscard]] float* G(std::size_t quad) const { return H(quad) + m_ * plane_; }
  [[nodiscard]] float* Sum(std::size_t parameter) const { return scratch_.sum + parameter * kLanes + slice_; }
  [[nodiscard]] const float* W(std::size_t f) const { return scratch_.parameter + f * m_; }
  [[nodiscard]] const float* b_final() const { return scratch_.parameter + n_ * m_; }

  void Sample(std::size_t quad, float* X) const {
    SampleQuad(instance_, counter_, features_, static_cast<std::uint32_t>(quad * kLanes + slice_), X);
  }

  void SmallTile(AccumulateSmallFunction accumulate, std::size_t first, std::size_t quads) const {
    for (std::size_t quad = 0; quad < quads; ++quad) Sample(first + quad, scratch_.tile + quad * n_ * plane_);
    accumulate({.W = W(0),
                .b_final = b_final(),
                .coefficient = scratch_.coefficient,
                .X = scratch_.tile,
                .sum = Sum(0),
                .floor = floor_},
               quads);
  }

  void Tile(std::size_t first, std::size_t quads) const {
    for (std::size_t quad = 0; quad < quads; ++quad) {
      Sample(first + quad, X(quad));
      Forward(quad, instance_.batch_size - (first + quad) * kSamplesPerTile);
      if (pass_.gradient) Encode(D(quad), G(quad));
    }
    if (pass_.gradient) Accumulate(quads);
  }

  /// out (m, 4, lanes) = W^T in (n, 4, lanes)
  void Encode(const float* in, float* out) const {
    ForBlocks<kHiddenBlock>(m_, [&]<std::size_t size>(std::size_t h)
                                    HWY_ATTR { Contract<size>(W(0) + h, n_, m_, in, out + h * plane_); });
  }

  /// n_present: samples of the batch from the quad's first on.
  void Forward(std::size_t quad, std::size_t n_present) const {
    Encode(X(quad), H(quad));
    const bool masked = pass_.error || n_present < kSamplesPerTile;
    if (masked) MarkPresent(n_present);
    ForBlocks<kFeatureBlock>(n_, [&]<std::size_t size>(std::size_t f) HWY_ATTR {
      const DecodeBlock block{.W = W(f),
                              .b_final = b_final() + f,
                              .coefficient = scratch_.coefficient + f,
                              .X = X(quad) + f * plane_,
                              .D = D(quad) + f * plane_,
                              .db_sum = Sum(n_ * m_ + f),
                              .error_sum = scratch_.error_sum + f * kLanes + slice_};
      if (masked) {
        Decode<size, true>(block, m_, H(quad), floor_, scratch_.mask);
      } else {
        Decode<size, false>(block, m_, H(quad), floor_, nullptr);
      }
    });
  }

  void MarkPresent(std::size_t n_present) const {
    for (std::size_t r = 0; r < kQuadRows; ++r) {
      for (std::size_t lane = 0; lane < lanes_; ++lane) {
        scratch_.mask[r * lanes_ + lane] = r * kLanes + slice_ + lane < n_present ? 1.0F : 0.0F;
      }
    }
  }

  /// The weights' gradient over the tile.
  void Accumulate(std::size_t quads) const {
    ForBlocks<kGradientFeatures>(n_, [&]<std::size_t features>(std::size_t f) HWY_ATTR {
      ForBlocks<kHiddenBlock>(m_, [&]<std::size_t hidden>(std::size_t h) HWY_ATTR {
        const GradientBlock block{.X = X(0) + f * plane_,
                                  .D = D(0) + f * plane_,
                                  .H = H(0) + h * plane_,
                                  .G = G(0) + h * plane_,
                                  .dW_sum = Sum(f * m_ + h)};
        AccumulateGradient<features, hidden>(block, m_, quads, quad_stride_);
      });
    });
  }

  const Instance& instance_;
  const Pass pass_;
  const Scratch& scratch_;
  const std::size_t n_, m_;
  const std::size_t lanes_;        // of a vector: 16 or a part of it
  const std::size_t plane_;        // floats of one quantity of a quad, (4, lanes)
  const std::size_t quad_stride_;  // floats from a quad of the tile to the next
  const float floor_;
  const StepCounter counter_;
  FeaturePrefix* const features_;
  std::size_t slice_ = 0;  // the first of the 16 lanes that the vectors stand for
};

/// Mean loss of the batch whose squared errors are in scratch.
double BatchLoss(const Instance& instance, const Scratch& scratch) {
  double loss = 0;
  for (std::size_t f = 0; f < instance.n_features; ++f) {
    double sum = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      sum += static_cast<double>(scratch.error_sum[f * kLanes + lane]);
    loss += static_cast<double>(instance.importance[f]) * sum;
  }
  return loss / (static_cast<double>(instance.batch_size) * static_cast<double>(instance.n_features));
}

/// Cuts the scratch memory and copies in what stays constant.
Scratch Prepare(const Instance& instance, const float* W, const float* b_final, std::span<float> memory) {
  Scratch scratch{};
  scratch.cut(memory.data(), instance.n_features, instance.n_hidden);
  const std::size_t weights = instance.n_features * instance.n_hidden;
  std::fill_n(scratch.parameter, scratch.n_parameters, 0.0F);
  std::copy_n(W, weights, scratch.parameter);
  std::copy_n(b_final, instance.n_features, scratch.parameter + weights);
  const double samples = static_cast<double>(instance.batch_size) * static_cast<double>(instance.n_features);
  for (std::size_t f = 0; f < instance.n_features; ++f) {
    scratch.coefficient[f] = static_cast<float>(2.0 * static_cast<double>(instance.importance[f]) / samples);
  }
  return scratch;
}

void Train(const Instance& instance, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<float> memory) {
  const Scratch scratch = Prepare(instance, parameters.W, parameters.b_final, memory);
  const std::size_t weights = instance.n_features * instance.n_hidden;
  const std::size_t count = weights + instance.n_features;
  std::fill_n(scratch.moment1, scratch.n_parameters, 0.0F);
  std::fill_n(scratch.moment2, scratch.n_parameters, 0.0F);
  std::copy_n(parameters.moments, count, scratch.moment1);
  std::copy_n(parameters.moments + count, count, scratch.moment2);

  for (std::size_t i = 0; i < updates.size(); ++i) {
    const bool last = i + 1 == updates.size();
    const Pass pass{.step = first_step + static_cast<std::uint32_t>(i),
                    .gradient = true,
                    .error = last && loss != nullptr};
    Batch(instance, pass, scratch).Run();
    AddLanes(scratch.sum, scratch.n_parameters, scratch.gradient);
    ApplyUpdate(updates[i], scratch.n_parameters, scratch.gradient, scratch.parameter, scratch.moment1,
                scratch.moment2);
  }
  if (loss != nullptr && !updates.empty()) *loss = static_cast<float>(BatchLoss(instance, scratch));

  std::copy_n(scratch.parameter, weights, parameters.W);
  std::copy_n(scratch.parameter + weights, instance.n_features, parameters.b_final);
  std::copy_n(scratch.moment1, count, parameters.moments);
  std::copy_n(scratch.moment2, count, parameters.moments + count);
}

double Evaluate(const Instance& instance, const float* W, const float* b_final, std::uint32_t n_batches,
                std::span<float> memory) {
  const Scratch scratch = Prepare(instance, W, b_final, memory);
  double loss = 0;
  for (std::uint32_t batch = 0; batch < n_batches; ++batch) {
    Batch(instance, {.step = batch, .gradient = false, .error = true}, scratch).Run();
    loss += BatchLoss(instance, scratch);
  }
  return loss / static_cast<double>(n_batches);
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace superpose::kernels {

HWY_EXPORT(Train);
HWY_EXPORT(Evaluate);

std::size_t scratch_floats(std::size_t n_features, std::size_t n_hidden) noexcept {
  return Scratch::floats(n_features, n_hidden);
}

void train(const Instance& instance, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<float> scratch) noexcept {
  HWY_DYNAMIC_DISPATCH(Train)(instance, parameters, first_step, updates, loss, scratch);
}

double evaluate(const Instance& instance, const float* W, const float* b_final, std::uint32_t n_batches,
                std::span<float> scratch) noexcept {
  return HWY_DYNAMIC_DISPATCH(Evaluate)(instance, W, b_final, n_batches, scratch);
}

}  // namespace superpose::kernels
#endif  // HWY_ONCE
