// The fused training step of one instance: sampling, forward, backward and optimiser over tiles that stay in
// cache. Only the parameters are kept from step to step. A step takes one of three paths (path.h).
//
// Samples run in vector lanes, 16 to a row whatever the vector's width: a narrower vector takes the 16 lanes
// in slices, one after the other. Every sum over samples is kept per lane and added up once a step, in a
// fixed order. A tile is up to 8 quads (4 rows, 64 samples). Each quad is encoded, decoded and differentiated
// while its planes are in the first-level cache. The gradient of the weights is taken over the whole tile, so
// that its accumulators are loaded and stored once a tile. Dense 100 -> 20 and 400 -> 30 run at 83 and 86 %
// of the peak of multiply-adds, random numbers included.
//
// When samples are drawn by gaps, only those with a candidate fill lanes. The others have the same gradient
// and are counted. With many features, the gradient goes through W W^T instead (gram-inl.h).

#include "superpose/kernels/cpu/engine.h"

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
// This include must follow foreach_target.
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
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {

/// Writes the rows of candidates into quads, one after the other, for one slice of lanes.
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

/// What one pass over a batch computes.
struct Pass {
  std::uint32_t step;
  bool gradient;  // fill StepScratch::gradient
  bool error;     // fill StepScratch::error_sum
};

/// One pass over a batch with the parameters in scratch.
class BatchPass {
 public:
  BatchPass(const Task& task, const Pass& pass, const Scratch& scratch)
      : task_(task),
        step_(task.step),
        pass_(pass),
        scratch_(scratch),
        memory_(scratch.step),
        by_lane_(scratch.lanes),
        n_(task.step.n_features),
        m_(task.step.n_hidden),
        lanes_(hn::Lanes(Tag())),
        plane_(kQuadRows * lanes_),
        quad_stride_(2 * (n_ + m_) * plane_),
        gelu_(task.step.output == Activation::kGelu),
        floor_(task.step.output == Activation::kRelu ? 0.0F : std::numeric_limits<float>::quiet_NaN()),
        counter_(task.key, task.drawn.instance, pass.step) {}

  void Run() {
    const Path path = scratch_.path;
    by_lanes_ = pass_.gradient && path != Path::kGram;
    if (by_lanes_) std::fill_n(by_lane_.sum, by_lane_.n_sums * kLanes, 0.0F);
    if (pass_.error) std::fill_n(memory_.error_sum, n_ * kLanes, 0.0F);
    const std::size_t n_empty = path == Path::kDense ? RunDense() : RunByGaps(path);
    if (by_lanes_) AddLanes(by_lane_.sum, by_lane_.n_sums, memory_.gradient);
    if (n_empty > 0) AddEmpty(n_empty);
  }

 private:
  /// Path::kDense: samples with a word for every feature, or samples that are given. returns: how many
  /// samples were left out, which is 0.
  std::size_t RunDense() {
    if (task_.is_given()) {
      Tiles(task_.batch_size, GivenQuads{task_});
      return 0;
    }
    const std::size_t words = n_ + decision_words(task_.drawn);
    for (std::size_t word = 0; word < words; ++word)
      by_lane_.prefix[word] = counter_.feature(static_cast<std::uint32_t>(word));
    const DrawContext context{.step = step_,
                              .drawn = task_.drawn,
                              .counter = counter_,
                              .prefixes = by_lane_.prefix,
                              .slots = by_lane_.slots};
    if (task_.drawn.decisions.empty()) {
      Tiles(task_.batch_size, DrawnQuads<DenseSlice>{context});
    } else {
      Tiles(task_.batch_size, DrawnQuads<SetSlice>{context});
    }
    return 0;
  }

  /// Path::kCompact and kGram: blocks of candidates, whose rows are samples like any others. returns: how
  /// many samples were left out.
  std::size_t RunByGaps(Path path) {
    std::optional<Gram> gram;
    if (pass_.gradient && path == Path::kGram) gram.emplace(task_, scratch_, floor_);
    const std::size_t block_samples = gap_block_samples(n_);
    std::size_t computed = 0;
    for (std::size_t begin = 0; begin < task_.batch_size; begin += block_samples) {
      const std::size_t samples = std::min(block_samples, task_.batch_size - begin);
      Candidates candidates = scratch_.gaps.candidates;
      GapBlock(task_, counter_, static_cast<std::uint32_t>(begin / block_samples), samples)
          .Draw(scratch_.gaps.same_probability, candidates);
      const std::size_t count = NumberRows(candidates, scratch_.gaps.row_begin);
      const Rows rows = {candidates, scratch_.gaps.row_begin, count};
      if (gram) gram->Add(rows, samples);
      // In lanes, the last quad is filled up with empty samples, as long as the block has any.
      const std::size_t full =
          by_lanes_ ? std::min(round_up(rows.count, kSamplesPerTile), samples) : rows.count;
      if (by_lanes_ || pass_.error) Tiles(full, GapQuads{rows, n_});
      computed += full;
    }
    if (gram) gram->End();
    return task_.batch_size - computed;
  }

  /// Adds what samples without an active feature contribute. Their hidden layer is 0, so only b_final has a
  /// gradient.
  void AddEmpty(std::size_t n_samples) const {
    const auto count = static_cast<float>(n_samples);
    // 0 times W is 0, or NaN where W is not finite. The loss must show that. The gradient need not: samples
    // with an active feature show it.
    float hidden = 0;
    for (std::size_t i = 0; pass_.error && i < memory_.n_weights; ++i) hidden += 0 * W(0)[i];
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
        float& gradient = memory_.gradient[memory_.n_weights + f];
        gradient = std::fma(count, output * memory_.coefficient[f] * slope, gradient);
      }
      if (pass_.error) {
        float& error = memory_.error_sum[f * kLanes];
        error = std::fma(count, output * output, error);
      }
    }
  }

  /// Runs over all samples. samples.slice(l).Make(...) fills quads, for the lanes from l on.
  template <class Quads>
  void Tiles(std::size_t n_samples, const Quads& samples) {
    const std::size_t quads = (n_samples + kSamplesPerTile - 1) / kSamplesPerTile;
    const std::size_t full_quads = n_samples / kSamplesPerTile;
    const std::size_t tile_quads = quads_per_tile(n_, m_);
    const SmallFunctions small = is_plain(step_) ? FindSmallFunctions(n_, m_) : SmallFunctions{};
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

  // Where the planes of a quad begin in the tile: n_ planes of X and D, m_ of H and G.
  [[nodiscard]] float* X(std::size_t quad) const { return by_lane_.tile + quad * quad_stride_; }
  [[nodiscard]] float* D(std::size_t quad) const { return X(quad) + n_ * plane_; }
  [[nodiscard]] float* H(std::size_t quad) const { return D(quad) + n_ * plane_; }
  [[nodiscard]] float* G(std::size_t quad) const { return H(quad) + m_ * plane_; }
  [[nodiscard]] float* Sum(std::size_t parameter) const { return by_lane_.sum + parameter * kLanes + slice_; }
  [[nodiscard]] const float* W(std::size_t f) const { return memory_.parameter + f * m_; }
  /// The decoder's weights: W, or W2.
  [[nodiscard]] const float* W2(std::size_t f) const { return W(f) + (step_.tied ? 0 : n_ * m_); }
  [[nodiscard]] const float* b_final() const { return memory_.parameter + memory_.n_weights; }

  template <class Slice>
  void SmallTile(const SmallFunctions& small, std::size_t first, std::size_t quads,
                 const Slice& slice) const {
    slice.Make(first, quads, by_lane_.tile, n_ * plane_);
    SmallBatch batch{.W = W(0),
                     .b_final = b_final(),
                     .coefficient = memory_.coefficient,
                     .X = by_lane_.tile,
                     .sum = Sum(0),
                     .floor = floor_};
    if (by_lanes_) small.accumulate(batch, quads);
    batch.sum = memory_.error_sum + slice_;
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

  /// n_present: how many samples of the batch remain from the quad's first on.
  void Forward(std::size_t quad, std::size_t n_present) const {
    Encode(W(0), X(quad), H(quad));
    if (step_.hidden == Activation::kRelu) Rectify(H(quad), m_);
    const bool masked = pass_.error || n_present < kSamplesPerTile;
    if (masked) MarkPresent(n_present);
    const DecodeOptions options{.floor = floor_,
                                .target_bits = step_.target == Target::kAbsolute ? 0x7FFFFFFF : 0xFFFFFFFF,
                                .mask = by_lane_.mask};
    ForBlocks<kFeatureBlock>(n_, [&]<std::size_t size>(std::size_t f) HWY_ATTR {
      const DecodeBlock block{.W = W2(f),
                              .b_final = b_final() + f,
                              .coefficient = memory_.coefficient + f,
                              .target = (step_.target == Target::kGiven ? D(quad) : X(quad)) + f * plane_,
                              .D = D(quad) + f * plane_,
                              .db_sum = by_lane_.db_sum + f * kLanes + slice_,
                              .error_sum = memory_.error_sum + f * kLanes + slice_};
      if (gelu_) {
        masked ? Decode<size, true, true>(block, m_, H(quad), options)
               : Decode<size, true, false>(block, m_, H(quad), options);
      } else {
        masked ? Decode<size, false, true>(block, m_, H(quad), options)
               : Decode<size, false, false>(block, m_, H(quad), options);
      }
    });
  }

  /// Computes G, the gradient before the hidden layer's activation.
  void Backward(std::size_t quad) const {
    Encode(W2(0), D(quad), G(quad));
    if (step_.hidden == Activation::kRelu) Gate(H(quad), G(quad), m_);
  }

  void MarkPresent(std::size_t n_present) const {
    for (std::size_t r = 0; r < kQuadRows; ++r) {
      for (std::size_t lane = 0; lane < lanes_; ++lane) {
        by_lane_.mask[r * lanes_ + lane] = r * kLanes + slice_ + lane < n_present ? 1.0F : 0.0F;
      }
    }
  }

  /// Adds the tile's part to the gradient of the weights.
  void Accumulate(std::size_t quads) const {
    ForBlocks<kGradientFeatures>(n_, [&]<std::size_t features>(std::size_t f) HWY_ATTR {
      ForBlocks<kHiddenBlock>(m_, [&]<std::size_t hidden>(std::size_t h) HWY_ATTR {
        const PlanePair decoder{.features = D(0) + f * plane_, .hidden = H(0) + h * plane_};
        const PlanePair encoder{.features = X(0) + f * plane_, .hidden = G(0) + h * plane_};
        const std::size_t weight = f * m_ + h;
        GradientBlock block{
            .dW_sum = Sum(weight), .n_hidden = m_, .n_quads = quads, .quad_stride = quad_stride_};
        if (step_.tied) {
          AccumulateGradient<features, hidden>(block, {decoder, encoder});
        } else {
          AccumulateGradient<features, hidden>(block, {encoder});
          block.dW_sum = Sum(n_ * m_ + weight);
          AccumulateGradient<features, hidden>(block, {decoder});
        }
      });
    });
  }

  const Task& task_;
  const Step& step_;
  const Pass pass_;
  const Scratch& scratch_;
  const StepScratch& memory_;
  const LaneScratch& by_lane_;
  const std::size_t n_, m_;
  const std::size_t lanes_;        // lanes of a vector: 16, or a part of them
  const std::size_t plane_;        // floats of one quantity of a quad, (4, lanes)
  const std::size_t quad_stride_;  // floats from a quad of the tile to the next
  const bool gelu_;
  const float floor_;
  const StepCounter counter_;
  bool by_lanes_ = false;  // fill LaneScratch::sum
  std::size_t slice_ = 0;  // the first of the 16 lanes that the vectors now hold
};

/// Mean loss of the batch whose squared errors are in scratch.
double BatchLoss(const Task& task, const StepScratch& scratch) {
  const std::size_t n = task.step.n_features;
  double loss = 0;
  for (std::size_t f = 0; f < n; ++f) {
    double sum = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      sum += static_cast<double>(scratch.error_sum[f * kLanes + lane]);
    loss += static_cast<double>(task.importance[f]) * sum;
  }
  return loss / (static_cast<double>(task.batch_size) * static_cast<double>(n));
}

/// Cuts the scratch memory into arrays and fills in what stays constant.
Scratch Prepare(const Task& task, const Parameters& parameters, std::span<std::byte> memory) {
  Arena arena(memory);
  Scratch scratch = Scratch::take(arena, task, choose_path(task));
  const StepScratch& step = scratch.step;
  const std::size_t n = task.step.n_features;
  const std::size_t matrix = task.step.matrix();
  std::fill_n(step.parameter, step.n_parameters, 0.0F);
  std::fill_n(step.gradient, step.n_parameters, 0.0F);
  std::copy_n(parameters.W, matrix, step.parameter);
  if (!task.step.tied) std::copy_n(parameters.W2, matrix, step.parameter + matrix);
  std::copy_n(parameters.b_final, n, step.parameter + step.n_weights);
  const double samples = static_cast<double>(task.batch_size) * static_cast<double>(n);
  for (std::size_t f = 0; f < n; ++f)
    step.coefficient[f] = static_cast<float>(2.0 * static_cast<double>(task.importance[f]) / samples);
  if (scratch.path == Path::kGram) std::fill_n(scratch.gram.x, scratch.gram.x_size, 0.0F);
  if (scratch.path != Path::kDense) {
    const auto* const last = task.drawn.last_active;
    scratch.gaps.same_probability =
        std::all_of(last, last + n, [](std::int32_t value) { return value == kAlwaysActive; });
  }
  return scratch;
}

/// Copies the moments of all parameters from the caller's memory.
void LoadMoments(const StepScratch& scratch, std::size_t count, const float* moments) {
  std::fill_n(scratch.moment1, scratch.n_parameters, 0.0F);
  std::fill_n(scratch.moment2, scratch.n_parameters, 0.0F);
  std::copy_n(moments, count, scratch.moment1);
  std::copy_n(moments + count, count, scratch.moment2);
}
/// Copies parameters and moments back to the caller's memory.
void StoreParameters(const StepScratch& scratch, const Step& step, const Parameters& parameters) {
  const std::size_t matrix = step.matrix();
  const std::size_t count = step.parameters();
  std::copy_n(scratch.parameter, matrix, parameters.W);
  if (!step.tied) std::copy_n(scratch.parameter + matrix, matrix, parameters.W2);
  std::copy_n(scratch.parameter + scratch.n_weights, step.n_features, parameters.b_final);
  std::copy_n(scratch.moment1, count, parameters.moments);
  std::copy_n(scratch.moment2, count, parameters.moments + count);
}

void Train(const Task& task, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<std::byte> memory) {
  const Scratch scratch = Prepare(task, parameters, memory);
  const StepScratch& step = scratch.step;
  LoadMoments(step, task.step.parameters(), parameters.moments);
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const bool last = i + 1 == updates.size();
    const Pass pass{.step = first_step + static_cast<std::uint32_t>(i),
                    .gradient = true,
                    .error = last && loss != nullptr};
    BatchPass(task, pass, scratch).Run();
    ApplyUpdate(updates[i], step.n_parameters, step.gradient, step.parameter, step.moment1, step.moment2);
  }
  if (loss != nullptr && !updates.empty()) *loss = static_cast<float>(BatchLoss(task, step));
  StoreParameters(step, task.step, parameters);
}

double Evaluate(const Task& task, const Parameters& parameters, std::uint32_t n_batches,
                std::span<std::byte> memory) {
  const Scratch scratch = Prepare(task, parameters, memory);
  double loss = 0;
  for (std::uint32_t batch = 0; batch < n_batches; ++batch) {
    BatchPass(task, {.step = batch, .gradient = false, .error = true}, scratch).Run();
    loss += BatchLoss(task, scratch.step);
  }
  return loss / static_cast<double>(n_batches);
}

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace superpose::kernels::cpu {

HWY_EXPORT(Train);
HWY_EXPORT(Evaluate);

std::size_t scratch_bytes(const Task& task) noexcept {
  Arena counted;
  Scratch::take(counted, task, choose_path(task));
  return counted.used();
}

std::size_t most_scratch_bytes(const Step& step, std::size_t batch_size) noexcept {
  const Task task{.step = step, .batch_size = batch_size};
  std::size_t most = 0;
  for (const Path path : {Path::kDense, Path::kCompact, Path::kGram}) {
    if (path == Path::kGram && !fits_gram(step)) continue;
    Arena counted;
    Scratch::take(counted, task, path);
    most = std::max(most, counted.used());
  }
  return most;
}

void train(const Task& task, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<std::byte> scratch) noexcept {
  HWY_DYNAMIC_DISPATCH(Train)(task, parameters, first_step, updates, loss, scratch);
}

double evaluate(const Task& task, const Parameters& parameters, std::uint32_t n_batches,
                std::span<std::byte> scratch) noexcept {
  return HWY_DYNAMIC_DISPATCH(Evaluate)(task, parameters, n_batches, scratch);
}

}  // namespace superpose::kernels::cpu
#endif  // HWY_ONCE
