#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "superpose/core/random.h"
#include "superpose/kernels/cpu/path.h"
#include "superpose/kernels/engine.h"

/// The memory that a call works in, the same for every instruction set.
namespace superpose::kernels {

inline std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// Words that the decisions of a sample take, after those of its features.
inline std::size_t decision_words(const Instance& instance) {
  std::size_t words = 0;
  for (const SetDecision& decision : instance.decisions)
    words += decision.rule == SetDecision::Rule::kSome ? decision.members : 1;
  return words;
}

/// Quads in a tile: enough to hide the loads and stores of the gradient's accumulators, few enough for the
/// tile's planes to stay in the second-level cache or near it (2 MB, or one quad). One quad costs 12 to 20 %
/// more than eight; sixteen gain nothing.
inline std::size_t quads_per_tile(std::size_t n_features, std::size_t n_hidden) {
  constexpr std::size_t kTileFloats = 512 * 1024;
  const std::size_t quad_floats = kSamplesPerTile * 2 * (n_features + n_hidden);
  return std::clamp<std::size_t>(kTileFloats / quad_floats, 1, 8);
}

/// The candidates of a block of samples (gaps-inl.h), in the order of their trials.
struct Candidates {
  std::uint32_t* row;    ///< first the candidate's sample; after NumberRows, its row: samples that have a
                         ///< candidate, numbered from 0 on
  std::uint32_t* plane;  ///< feature * (4 * lanes): where its plane begins
  float* value;          ///< 0 for a candidate that is not active after all
  std::size_t count;

  /// How long the arrays are for so many trials: each trial may have a candidate, and up to a vector or two
  /// is drawn beyond the last.
  static std::size_t room(std::size_t trials) { return trials + kSamplesPerTile; }
};

/// Features are padded to this in the matrices of gram-inl.h.
inline constexpr std::size_t kPanel = 64;

/// Rows that GramRows takes at a time.
inline constexpr std::size_t kGramRows = 64;

/// The scratch memory of one instance, cut into its arrays.
struct Scratch {
  Path path;
  std::size_t n_weights;     // of W, or of W1 and W2
  std::size_t n_parameters;  // rounded up to 16, so that the optimiser needs no remainder
  float *parameter, *moment1, *moment2, *gradient;  // (n_parameters): W, or W1 and W2; then b_final
  std::size_t n_sums;                               // of the gradient by lane, rounded up to 4
  float* sum;                // (n_sums, 16): the gradient by lane; Path::kGram has none
  float* db_sum;             // (n_features, 16): b_final's part of it
  float* error_sum;          // (n_features, 16): squared errors by lane
  float* coefficient;        // (n_features): 2 importance / (batch_size n_features)
  float* mask;               // (4, 16): samples present in the last quad
  float* prefix;             // (n_features, then the words of decisions): FeaturePrefix
  std::uint32_t* slots;      // (n_slots, 4, lanes): what the decisions of a quad switched on
  float* tile;               // (quads, 2 n_features + 2 n_hidden, 4, lanes): X, D, H, G
  Candidates candidates;     // those of one block, where samples are drawn by gaps
  std::uint32_t* row_begin;  // (samples of a block + 1)
  bool same_probability;     // of all features

  // Of Path::kGram, with N = n_features rounded up to panels:
  float *gram, *gram_gradient;  // (N / panel, n_features rounded up to 4, panel): W W^T, X^T D
  std::uint32_t* has_gram;      // (n_features): 1 where the row of W W^T has been made
  std::uint32_t* new_rows;      // (n_features + 1)
  float* transposed;            // (N / panel, n_hidden, panel): W^T, then dW^T
  float *x, *D;                 // (kGramRows, N): inputs, 0 between uses; gradient at the outputs
  std::size_t x_size;
  float *bias, *db, *gram_coefficient;  // (N)
  float *wide_W, *wide_gradient;        // (n_features, n_hidden rounded up to 16)
  std::uint32_t* output_begin;          // (kGramRows + 1)
  std::uint32_t* output;                // (kGramRows N + 16)

  static std::size_t floats(const Instance& instance) {
    Scratch scratch{};
    return scratch.cut(nullptr, instance);
  }

  /// Lays the arrays out from `memory` on. returns: floats in all.
  std::size_t cut(float* memory, const Instance& instance) {
    const std::size_t n = instance.n_features;
    const std::size_t m = instance.n_hidden;
    std::size_t used = 0;
    const auto take = [&](std::size_t size) {
      float* const array = memory == nullptr ? nullptr : memory + used;
      used += round_up(size, kLanes);
      return array;
    };
    const auto part_of = [](float* array, std::size_t at) { return array == nullptr ? nullptr : array + at; };
    const auto take_words = [&](std::size_t size) { return reinterpret_cast<std::uint32_t*>(take(size)); };
    n_weights = instance.tied ? n * m : 2 * n * m;
    n_parameters = round_up(n_weights + n, kLanes);
    parameter = take(n_parameters);
    moment1 = take(n_parameters);
    moment2 = take(n_parameters);
    gradient = take(n_parameters);
    path = choose_path(instance);
    n_sums = path == Path::kGram ? 0 : round_up(n_weights + n, 4);
    sum = take(n_sums * kLanes);
    db_sum = path == Path::kGram ? take(n * kLanes) : part_of(sum, n_weights * kLanes);
    error_sum = take(n * kLanes);
    coefficient = take(n);
    mask = take(kSamplesPerTile);
    prefix = take(kPrefixFloats * (n + decision_words(instance)));
    slots = take_words(instance.decisions.empty() ? 0 : instance.n_slots * kSamplesPerTile);
    tile = take(quads_per_tile(n, m) * 2 * (n + m) * kSamplesPerTile);

    if (path != Path::kDense) {
      const std::size_t samples = std::min<std::size_t>(gap_block_samples(n), instance.batch_size);
      const std::size_t room = Candidates::room(samples * n);
      candidates = {.row = take_words(room), .plane = take_words(room), .value = take(room), .count = 0};
      row_begin = take_words(samples + 1);
    }
    if (path == Path::kGram) {
      const std::size_t padded = round_up(n, kPanel);
      gram = take(padded * round_up(n, 4));
      gram_gradient = take(padded * round_up(n, 4));
      has_gram = take_words(n);
      new_rows = take_words(n + 1);
      transposed = take(m * padded);
      x_size = kGramRows * padded;
      x = take(x_size);
      D = take(kGramRows * padded);
      bias = take(padded);
      db = take(padded);
      gram_coefficient = take(padded);
      wide_W = take(n * round_up(m, kLanes));
      wide_gradient = take(n * round_up(m, kLanes));
      output_begin = take_words(kGramRows + 1);
      output = take_words(kGramRows * padded + kLanes);
    }
    return used;
  }

  /// Room of a FeaturePrefix, which each instruction set declares for itself.
  static constexpr std::size_t kPrefixFloats = 6;
};

}  // namespace superpose::kernels
