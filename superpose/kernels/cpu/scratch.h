#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "superpose/core/random.h"
#include "superpose/kernels/cpu/arena.h"
#include "superpose/kernels/cpu/engine.h"
#include "superpose/kernels/cpu/feature_prefix.h"
#include "superpose/kernels/cpu/path.h"

/// The memory that a call works in: a struct for each part of a path. It is the same for every instruction
/// set.
namespace superpose::kernels::cpu {

/// How many words the decisions of a sample take. They follow the words of its features.
inline std::size_t decision_words(const DrawnSamples& drawn) {
  std::size_t words = 0;
  for (const SetDecision& decision : drawn.decisions)
    words += decision.rule == SetDecision::Rule::kSome ? decision.members : 1;
  return words;
}

/// How many quads a tile has. Enough of them hide the loads and stores of the gradient's accumulators; few
/// enough keep the tile's planes in the second-level cache or near it (2 MB, or one quad). One quad costs 12
/// to 20 % more than eight; sixteen gain nothing.
inline std::size_t quads_per_tile(std::size_t n_features, std::size_t n_hidden) {
  constexpr std::size_t kTileFloats = 512 * 1024;
  const std::size_t quad_floats = kSamplesPerTile * 2 * (n_features + n_hidden);
  return std::clamp<std::size_t>(kTileFloats / quad_floats, 1, 8);
}

/// The candidates of a block of samples (gaps-inl.h), in the order of their trials.
struct Candidates {
  /// First the candidate's sample. NumberRows replaces it by the row: only samples that have a candidate are
  /// rows, numbered from 0 on.
  std::uint32_t* row;
  std::uint32_t* plane;  ///< feature * (4 * lanes): where its plane begins
  float* value;          ///< 0 for a candidate that is not active after all
  std::size_t count;

  /// How long the arrays must be for so many trials: each trial may have a candidate, and up to a vector or
  /// two is drawn beyond the last one.
  static std::size_t room(std::size_t trials) { return trials + kSamplesPerTile; }
};

/// What every path has: the member's parameters, its gradient and its errors.
struct StepScratch {
  std::size_t n_weights;     // of W, or of W1 and W2
  std::size_t n_parameters;  // rounded up to 16, so that the optimiser needs no remainder
  float *parameter, *moment1, *moment2, *gradient;  // (n_parameters): W, or W1 and W2; then b_final
  float* error_sum;                                 // (n_features, 16): squared errors by lane
  float* coefficient;                               // (n_features): 2 importance / (batch_size n_features)

  static StepScratch take(Arena& arena, const Step& step) {
    StepScratch scratch{};
    scratch.n_weights = step.weights();
    scratch.n_parameters = round_up(step.parameters(), kLanes);
    for (float** const array : {&scratch.parameter, &scratch.moment1, &scratch.moment2, &scratch.gradient})
      *array = arena.take<float>(scratch.n_parameters);
    scratch.error_sum = arena.take<float>(step.n_features * kLanes);
    scratch.coefficient = arena.take<float>(step.n_features);
    return scratch;
  }
};

/// Samples in lanes. Path::kGram uses this for evaluation only, so it has no sums of the gradient.
struct LaneScratch {
  std::size_t n_sums;     // rounded up to 4
  float* sum;             // (n_sums, 16): the gradient by lane
  float* db_sum;          // (n_features, 16): b_final's part of it
  float* mask;            // (4, 16): samples present in the last quad
  FeaturePrefix* prefix;  // (n_features, then the words of decisions)
  std::uint32_t* slots;   // (n_slots, 4, lanes): what the decisions of a quad switched on
  float* tile;            // (quads, 2 n_features + 2 n_hidden, 4, lanes): X, D, H, G

  static LaneScratch take(Arena& arena, const Task& task, Path path) {
    const std::size_t n = task.step.n_features;
    const std::size_t m = task.step.n_hidden;
    LaneScratch scratch{};
    if (path == Path::kGram) {
      scratch.db_sum = arena.take<float>(n * kLanes);
    } else {
      scratch.n_sums = round_up(task.step.parameters(), 4);
      scratch.sum = arena.take<float>(scratch.n_sums * kLanes);
      if (scratch.sum != nullptr) scratch.db_sum = scratch.sum + task.step.weights() * kLanes;
    }
    scratch.mask = arena.take<float>(kSamplesPerTile);
    scratch.prefix = arena.take<FeaturePrefix>(n + decision_words(task.drawn));
    scratch.slots =
        arena.take<std::uint32_t>(task.drawn.decisions.empty() ? 0 : task.drawn.n_slots * kSamplesPerTile);
    scratch.tile = arena.take<float>(quads_per_tile(n, m) * 2 * (n + m) * kSamplesPerTile);
    return scratch;
  }
};

/// Samples drawn by gaps, a block at a time.
struct GapScratch {
  Candidates candidates;
  std::uint32_t* row_begin;  // (samples of a block + 1)
  bool same_probability;     // of all features

  static GapScratch take(Arena& arena, const Task& task) {
    const std::size_t n = task.step.n_features;
    const std::size_t samples = std::min<std::size_t>(gap_block_samples(n), task.batch_size);
    const std::size_t room = Candidates::room(samples * n);
    GapScratch scratch{};
    scratch.candidates.row = arena.take<std::uint32_t>(room);
    scratch.candidates.plane = arena.take<std::uint32_t>(room);
    scratch.candidates.value = arena.take<float>(room);
    scratch.row_begin = arena.take<std::uint32_t>(samples + 1);
    return scratch;
  }
};

/// Features are padded to this in the matrices of gram-inl.h.
inline constexpr std::size_t kPanel = 64;

/// Rows that GramRows takes at a time.
inline constexpr std::size_t kGramRows = 64;

/// A gradient through W W^T. N is n_features rounded up to panels.
struct GramScratch {
  float *gram, *gram_gradient;  // (N / panel, n_features rounded up to 4, panel): W W^T, X^T D
  std::uint32_t* has_gram;      // (n_features): 1 where the row of W W^T has been made
  std::uint32_t* new_rows;      // (n_features + 1)
  float* transposed;            // (N / panel, n_hidden, panel): W^T, then dW^T
  float *x, *D;                 // (kGramRows, N): inputs, 0 between uses; gradient at the outputs
  std::size_t x_size;
  float *bias, *db, *coefficient;  // (N)
  float *wide_W, *wide_gradient;   // (n_features, n_hidden rounded up to 16)
  std::uint32_t* output_begin;     // (kGramRows + 1)
  std::uint32_t* output;           // (kGramRows N + 16)

  static GramScratch take(Arena& arena, const Step& step) {
    const std::size_t n = step.n_features;
    const std::size_t padded = round_up(n, kPanel);
    const std::size_t wide = n * round_up(step.n_hidden, kLanes);
    GramScratch scratch{};
    scratch.gram = arena.take<float>(padded * round_up(n, 4));
    scratch.gram_gradient = arena.take<float>(padded * round_up(n, 4));
    scratch.has_gram = arena.take<std::uint32_t>(n);
    scratch.new_rows = arena.take<std::uint32_t>(n + 1);
    scratch.transposed = arena.take<float>(step.n_hidden * padded);
    scratch.x_size = kGramRows * padded;
    scratch.x = arena.take<float>(scratch.x_size);
    scratch.D = arena.take<float>(kGramRows * padded);
    for (float** const array : {&scratch.bias, &scratch.db, &scratch.coefficient})
      *array = arena.take<float>(padded);
    scratch.wide_W = arena.take<float>(wide);
    scratch.wide_gradient = arena.take<float>(wide);
    scratch.output_begin = arena.take<std::uint32_t>(kGramRows + 1);
    scratch.output = arena.take<std::uint32_t>(kGramRows * padded + kLanes);
    return scratch;
  }
};

/// All memory of a task. The parts that its path does not use are empty.
struct Scratch {
  Path path;
  StepScratch step;
  LaneScratch lanes;
  GapScratch gaps;
  GramScratch gram;

  static Scratch take(Arena& arena, const Task& task, Path path) {
    Scratch scratch{};
    scratch.path = path;
    scratch.step = StepScratch::take(arena, task.step);
    scratch.lanes = LaneScratch::take(arena, task, path);
    if (path != Path::kDense) scratch.gaps = GapScratch::take(arena, task);
    if (path == Path::kGram) scratch.gram = GramScratch::take(arena, task.step);
    return scratch;
  }
};

}  // namespace superpose::kernels::cpu
