// The fused training step of one instance: sample, forward, backward and optimiser over cache-resident tiles;
// nothing but the parameters outlives a step. path.h says which of three ways a step goes.
//
// Samples run in vector lanes, 16 to a row whatever the vector's width: a narrower vector takes the 16 lanes
// in slices, one after the other. All sums over samples are kept per lane and added up once a step, in one
// order. A tile is up to 8 quads (4 rows, 64 samples). Each quad is encoded, decoded and differentiated while
// its planes are in the first-level cache; the weights' gradient is taken over the whole tile, so that its
// accumulators are loaded and stored once a tile. Dense 100 -> 20 and 400 -> 30 run at 83 and 86 % of the
// peak of multiply-adds, random numbers included.
//
// Drawn by gaps, only samples that have a candidate fill lanes; the others share one gradient and are
// counted. Many features go through W W^T instead (gram-inl.h).

#include "superpose/kernels/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/random.h"
#include "superpose/kernels/cpu/scratch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "superpose/kernels/cpu/engine.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/dense-inl.h"
#include "superpose/kernels/cpu/gaps-inl.h"
#include "superpose/kernels/cpu/gelu-inl.h"
#include "superpose/kernels/cpu/given-inl.h"
#include "superpose/kernels/cpu/gram-inl.h"
#include "superpose/kernels/cpu/philox-inl.h"
#include "superpose/kernels/cpu/small-inl.h"
#include "superpose/kernels/cpu/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels {
namespace HWY_NAMESPACE {

/// A block's candidates, and where those of each row begin.
struct Rows {
  const Candidates& candidates;
  const std::uint32_t* begin;  // (count + 1)
  std::size_t count;
};

/// Puts the rows of candidates into quads one after the other, in a slice's lanes.
class GapSlice {
 public:
  GapSlice(const Rows& rows, std::size_t n_features, std::size_t first_lane)
      : rows_(rows), n_features_(n_features), first_lane_(first_lane) {}

  void Make(std::size_t first, std::size_t n_quads, float* X, std::size_t quad_stride) const {
    for (std::size_t quad = first; quad < first + n_quads; ++quad, X += quad_stride) MakeOne(quad, X);
  }

 private:
  void MakeOne(std::size_t quad, float* HWY_RESTRICT X) const {
    const std::size_t lanes = hn::Lanes(Tag());
    std::fill_n(X, n_features_ * kQuadRows * lanes, 0.0F);
    const std::size_t first = quad * kSamplesPerTile;
    const std::uint32_t end = rows_.begin[std::min(first + kSamplesPerTile, rows_.count)];
    const auto [row, plane, value, count] = rows_.candidates;
    for (std::size_t i = rows_.begin[std::min(first, rows_.count)]; i < end; ++i) {
      const std::size_t sample = row[i] - first;
      if (lanes == kLanes) {
        X[plane[i] + sample] = value[i];
      } else if (const std::size_t lane = sample % kLanes - first_lane_; lane < lanes) {
        X[plane[i] + sample / kLanes * lanes + lane] = value[i];
      }
    }
  }

  const Rows& rows_;
  std::size_t n_features_, first_lane_;
};

/// All rows of a block.
struct GapQuads {
  const Rows& rows;
  std::size_t n_features;
  [[nodiscard]] GapSlice slice(std::size_t first_lane) const { return {rows, n_features, first_lane}; }
};

/// What one pass over a batch is for.
struct Pass {
  std::uint32_t step;
  bool gradient;  // fill Scratch::gradient
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
        gelu_(instance.output == Activation::kGelu),
        floor_(instance.output == Activation::kRelu ? 0.0F : std::numeric_limits<float>::quiet_NaN()),
        counter_(instance.key, instance.id, pass.step) {}

  void Run() {
    const Path path = scratch_.path;
    by_lanes_ = pass_.gradient && path != Path::kGram;
    if (by_lanes_) std::fill_n(scratch_.sum, scratch_.n_sums * kLanes, 0.0F);
    if (pass_.error) std::fill_n(scratch_.error_sum, n_ * kLanes, 0.0F);
    const std::size_t n_empty = path == Path::kDense ? RunDense() : RunByGaps(path);
    if (by_lanes_) AddLanes(scratch_.sum, scratch_.n_sums, scratch_.gradient);
    if (n_empty > 0) AddEmpty(n_empty);
  }

 private:
  /// A word for every feature of every sample, or the samples that are given. returns: samples left out,
  /// none.
  std::size_t RunDense() {
    if (instance_.x != nullptr) {
      Tiles(instance_.batch_size, GivenQuads{instance_});
      return 0;
    }
    static_assert(sizeof(FeaturePrefix) == Scratch::kPrefixFloats * sizeof(float));
    auto* const prefixes = reinterpret_cast<FeaturePrefix*>(scratch_.prefix);
    const std::size_t words = n_ + decision_words(instance_);
    for (std::size_t word = 0; word < words; ++word)
      prefixes[word] = counter_.feature(static_cast<std::uint32_t>(word));
    const DrawContext context{
        .instance = instance_, .counter = counter_, .prefixes = prefixes, .slots = scratch_.slots};
    if (instance_.decisions.empty()) {
      Tiles(instance_.batch_size, DrawnQuads<DenseSlice>{context});
    } else {
      Tiles(instance_.batch_size, DrawnQuads<SetSlice>{context});
    }
    return 0;
  }

  /// Blocks of candidates, whose rows are samples like any others. returns: samples left out.
  std::size_t RunByGaps(Path path) {
    std::optional<Gram> gram;
    if (pass_.gradient && path == Path::kGram) gram.emplace(instance_, scratch_, floor_);
    const std::size_t block_samples = gap_block_samples(n_);
    std::size_t computed = 0;
    for (std::size_t begin = 0; begin < instance_.batch_size; begin += block_samples) {
      const std::size_t samples = std::min(block_samples, instance_.batch_size - begin);
      Candidates candidates = scratch_.candidates;
      GapBlock(instance_, counter_, static_cast<std::uint32_t>(begin / block_samples), samples)
          .Draw(scratch_.same_probability, candidates);
      const Rows rows = {candidates, scratch_.row_begin, NumberRows(candidates, scratch_.row_begin)};
      if (gram) gram->Add(candidates, rows.count, samples);
      // Through lanes, the last quad is filled up with empty samples, as far as there are any.
      const std::size_t full =
          by_lanes_ ? std::min(round_up(rows.count, kSamplesPerTile), samples) : rows.count;
      if (by_lanes_ || pass_.error) Tiles(full, GapQuads{rows, n_});
      computed += full;
    }
    if (gram) gram->End();
    return instance_.batch_size - computed;
  }

  /// What samples without an active feature add: their hidden layer is 0, so only b_final has a gradient.
  void AddEmpty(std::size_t n_samples) const {
    const auto count = static_cast<float>(n_samples);
    // 0 W is 0, or NaN where W is not finite: a loss must not hide it. The gradient may: the samples with an
    // active feature show it.
    float hidden = 0;
    for (std::size_t i = 0; pass_.error && i < scratch_.n_weights; ++i) hidden += 0 * W(0)[i];
    const hn::CappedTag<float, 1> d;
    for (std::size_t f = 0; f < n_; ++f) {
      const float pre = b_final()[f] + hidden;
      float output = pre <= floor_ ? 0.0F : pre;
      float slope = 1;
      if (gelu_) {
        const auto gelu = GeluOf(d, hn::Set(d, pre));
        output = hn::GetLane(gelu.value);
        slope = hn::GetLane(gelu.derivative);
      }
      if (pass_.gradient) {
        float& gradient = scratch_.gradient[scratch_.n_weights + f];
        gradient = std::fma(count, output * scratch_.coefficient[f] * slope, gradient);
      }
      if (pass_.error) {
        float& error = scratch_.error_sum[f * kLanes];
        error = std::fma(count, output * output, error);
      }
    }
  }

  /// All samples. samples.slice(l).Make(...) fills quads, in the lanes from l on.
  template <class Quads>
  void Tiles(std::size_t n_samples, const Quads& samples) {
    const std::size_t quads = (n_samples + kSamplesPerTile - 1) / kSamplesPerTile;
    const std::size_t full_quads = n_samples / kSamplesPerTile;
    const std::size_t tile_quads = quads_per_tile(n_, m_);
    const SmallFunctions small = is_plain(instance_) ? FindSmallFunctions(n_, m_) : SmallFunctions{};
    for (slice_ = 0; slice_ < kLanes; slice_ += lanes_) {
      const auto slice = samples.slice(slice_);
      std::size_t tile = 0;
      if (small.accumulate != nullptr) {
        for (; tile < full_quads; tile += tile_quads)
          SmallTile(small, tile, std::min(tile_quads, full_quads - tile), slice);
        tile = full_quads;
      }
      for (; tile < quads; tile += tile_quads)
        Tile(n_samples, tile, std::min(tile_quads, quads - tile), slice);
    }
  }

  // Where a quad's planes begin in the tile: X and D of n_ quantities, H and G of m_.
  [[nodiscard]] float* X(std::size_t quad) const { return scratch_.tile + quad * quad_stride_; }
  [[nodiscard]] float* D(std::size_t quad) const { return X(quad) + n_ * plane_; }
  [[nodiscard]] float* H(std::size_t quad) const { return D(quad) + n_ * plane_; }
  [[nodiscard]] float* G(std::size_t quad) const { return H(quad) + m_ * plane_; }
  [[nodiscard]] float* Sum(std::size_t parameter) const { return scratch_.sum + parameter * kLanes + slice_; }
  [[nodiscard]] const float* W(std::size_t f) const { return scratch_.parameter + f * m_; }
  [[nodiscard]] bool target_is_absolute() const {
    return instance_.absolute_target && instance_.target == nullptr;
  }
  /// The decoder's: W, or W2.
  [[nodiscard]] const float* W2(std::size_t f) const { return W(f) + (instance_.tied ? 0 : n_ * m_); }
  [[nodiscard]] const float* b_final() const { return scratch_.parameter + scratch_.n_weights; }

  template <class Slice>
  void SmallTile(const SmallFunctions& small, std::size_t first, std::size_t quads,
                 const Slice& slice) const {
    slice.Make(first, quads, scratch_.tile, n_ * plane_);
    SmallBatch batch{.W = W(0),
                     .b_final = b_final(),
                     .coefficient = scratch_.coefficient,
                     .X = scratch_.tile,
                     .sum = Sum(0),
                     .floor = floor_};
    if (by_lanes_) small.accumulate(batch, quads);
    batch.sum = scratch_.error_sum + slice_;
    if (pass_.error) small.errors(batch, quads);
  }

  template <class Slice>
  void Tile(std::size_t n_samples, std::size_t first, std::size_t quads, const Slice& slice) const {
    slice.Make(first, quads, X(0), quad_stride_);
    for (std::size_t quad = 0; quad < quads; ++quad) {
      Forward(quad, n_samples - (first + quad) * kSamplesPerTile);
      if (by_lanes_) Backward(quad);
    }
    if (by_lanes_) Accumulate(quads);
  }

  /// out (m, 4, lanes) = weights^T in (n, 4, lanes). weights: (n, m).
  void Encode(const float* weights, const float* in, float* out) const {
    ForBlocks<kHiddenBlock>(m_, [&]<std::size_t size>(std::size_t h) HWY_ATTR {
      const float* const column = weights + h;
      Product<size, kQuadRows>(
          n_, [&](std::size_t f, auto i) HWY_ATTR { return column[f * m_ + i]; }, in,
          [&](auto i) HWY_ATTR { return out + (h + i) * plane_; });
    });
  }

  /// n_present: samples of the batch from the quad's first on.
  void Forward(std::size_t quad, std::size_t n_present) const {
    Encode(W(0), X(quad), H(quad));
    if (instance_.hidden == Activation::kRelu) Rectify(H(quad), m_);
    const bool masked = pass_.error || n_present < kSamplesPerTile;
    if (masked) MarkPresent(n_present);
    const DecodeOptions options{.floor = floor_,
                                .target_bits = target_is_absolute() ? 0x7FFFFFFF : 0xFFFFFFFF,
                                .mask = scratch_.mask};
    ForBlocks<kFeatureBlock>(n_, [&]<std::size_t size>(std::size_t f) HWY_ATTR {
      const DecodeBlock block{.W = W2(f),
                              .b_final = b_final() + f,
                              .coefficient = scratch_.coefficient + f,
                              .target = (instance_.target == nullptr ? X(quad) : D(quad)) + f * plane_,
                              .D = D(quad) + f * plane_,
                              .db_sum = scratch_.db_sum + f * kLanes + slice_,
                              .error_sum = scratch_.error_sum + f * kLanes + slice_};
      if (gelu_) {
        masked ? Decode<size, true, true>(block, m_, H(quad), options)
               : Decode<size, true, false>(block, m_, H(quad), options);
      } else {
        masked ? Decode<size, false, true>(block, m_, H(quad), options)
               : Decode<size, false, false>(block, m_, H(quad), options);
      }
    });
  }

  /// The gradient before the hidden layer's activation.
  void Backward(std::size_t quad) const {
    Encode(W2(0), D(quad), G(quad));
    if (instance_.hidden == Activation::kRelu) Gate(H(quad), G(quad), m_);
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
        const PlanePair decoder{.features = D(0) + f * plane_, .hidden = H(0) + h * plane_};
        const PlanePair encoder{.features = X(0) + f * plane_, .hidden = G(0) + h * plane_};
        const std::size_t weight = f * m_ + h;
        GradientBlock block{
            .dW_sum = Sum(weight), .n_hidden = m_, .n_quads = quads, .quad_stride = quad_stride_};
        if (instance_.tied) {
          AccumulateGradient<features, hidden>(block, {decoder, encoder});
        } else {
          AccumulateGradient<features, hidden>(block, {encoder});
          block.dW_sum = Sum(n_ * m_ + weight);
          AccumulateGradient<features, hidden>(block, {decoder});
        }
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
  const bool gelu_;
  const float floor_;
  const StepCounter counter_;
  bool by_lanes_ = false;  // fill Scratch::sum
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
Scratch Prepare(const Instance& instance, const ConstantParameters& parameters, std::span<float> memory) {
  Scratch scratch{};
  scratch.cut(memory.data(), instance);
  const std::size_t n = instance.n_features;
  const std::size_t matrix = n * instance.n_hidden;
  std::fill_n(scratch.parameter, scratch.n_parameters, 0.0F);
  std::fill_n(scratch.gradient, scratch.n_parameters, 0.0F);
  std::copy_n(parameters.W, matrix, scratch.parameter);
  if (!instance.tied) std::copy_n(parameters.W2, matrix, scratch.parameter + matrix);
  std::copy_n(parameters.b_final, n, scratch.parameter + scratch.n_weights);
  const double samples = static_cast<double>(instance.batch_size) * static_cast<double>(n);
  for (std::size_t f = 0; f < n; ++f) {
    scratch.coefficient[f] = static_cast<float>(2.0 * static_cast<double>(instance.importance[f]) / samples);
  }
  if (scratch.path == Path::kGram) std::fill_n(scratch.x, scratch.x_size, 0.0F);
  const auto* const last = instance.last_active;
  scratch.same_probability =
      std::all_of(last, last + n, [](std::int32_t value) { return value == kAlwaysActive; });
  return scratch;
}

void Train(const Instance& instance, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<float> memory) {
  const Scratch scratch =
      Prepare(instance, {.W = parameters.W, .W2 = parameters.W2, .b_final = parameters.b_final}, memory);
  const std::size_t count = scratch.n_weights + instance.n_features;
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
    ApplyUpdate(updates[i], scratch.n_parameters, scratch.gradient, scratch.parameter, scratch.moment1,
                scratch.moment2);
  }
  if (loss != nullptr && !updates.empty()) *loss = static_cast<float>(BatchLoss(instance, scratch));

  const std::size_t matrix = instance.n_features * instance.n_hidden;
  std::copy_n(scratch.parameter, matrix, parameters.W);
  if (!instance.tied) std::copy_n(scratch.parameter + matrix, matrix, parameters.W2);
  std::copy_n(scratch.parameter + scratch.n_weights, instance.n_features, parameters.b_final);
  std::copy_n(scratch.moment1, count, parameters.moments);
  std::copy_n(scratch.moment2, count, parameters.moments + count);
}

double Evaluate(const Instance& instance, const ConstantParameters& parameters, std::uint32_t n_batches,
                std::span<float> memory) {
  const Scratch scratch = Prepare(instance, parameters, memory);
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

std::size_t scratch_floats(const Instance& instance) noexcept {
  return Scratch::floats(instance);
}

void train(const Instance& instance, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<float> scratch) noexcept {
  HWY_DYNAMIC_DISPATCH(Train)(instance, parameters, first_step, updates, loss, scratch);
}

double evaluate(const Instance& instance, const ConstantParameters& parameters, std::uint32_t n_batches,
                std::span<float> scratch) noexcept {
  return HWY_DYNAMIC_DISPATCH(Evaluate)(instance, parameters, n_batches, scratch);
}

}  // namespace superpose::kernels
#endif  // HWY_ONCE
