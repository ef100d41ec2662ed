#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/shape.h"
#include "superpose/models/model.h"

// What decides the claims about learning; a header so that it can be tested on courses made by hand. Internal
// to the catalogue.
namespace superpose::paper {

/// One instance's way through training, recorded at even distances.
struct Course {
  std::vector<double> loss;                         ///< (rows), on the same samples
  std::vector<std::vector<double>> dimensionality;  ///< (rows, n_features)

  [[nodiscard]] std::size_t rows() const { return loss.size(); }
  /// The first row after the beginning, in which everything moves: a quarter of the way.
  [[nodiscard]] std::size_t settled() const { return rows() / 4; }
};

/// A feature jumps when its dimensionality ends so far from where it was at settled().
inline constexpr double kJump = 0.25;

/// How long the jumps of a course take, each as the share of all rows in which its feature is between a fifth
/// and four fifths of the way, from settled() on. returns: one for each feature that jumps.
std::vector<double> jump_durations(const Course& course);

/// How much faster the loss falls from settled() on in rows in which a feature's dimensionality moves by more
/// than kMoving than in all: the fall of each row, added up over courses.
inline constexpr double kMoving = 0.02;
struct FallOfLoss {
  double while_moving = 0, overall = 0;  ///< loss
  std::int64_t rows_moving = 0, rows = 0;

  void add(const Course& course);
  /// The mean fall of a row that moves, over the mean fall of all rows; NaN where none moves or nothing
  /// falls.
  [[nodiscard]] double ratio() const;
};

/// In how many separate drops the logarithm of a loss falls, up to where it has done 95 % of its fall: the
/// first, and each time that it falls twice as fast as at its slowest since the last one, and not slower than
/// half its average. One that falls ever more slowly has one drop. loss: (rows), each above 0.
int count_drops(std::span<const double> loss);

/// Whether six features are an octahedron, and whether every one's antipode is in the other of two sets: the
/// first three features and the others. W: (6, 3).
bool is_octahedron(std::span<const float> W);
bool antipodes_are_in_different_sets(std::span<const float> W);

}  // namespace superpose::paper
