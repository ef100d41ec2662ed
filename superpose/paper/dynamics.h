#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "superpose/core/shape.h"
#include "superpose/models/model.h"
#include "superpose/paper/claims.h"

// The measures behind the claims about learning. They have a header so that tests can measure courses made by
// hand. Internal to the catalogue.
namespace superpose::paper {

/// One instance's way through training, recorded every so many steps.
struct Course {
  std::vector<double> loss;                         ///< (rows), on the same samples
  std::vector<std::vector<double>> dimensionality;  ///< (rows, n_features)

  [[nodiscard]] std::size_t rows() const { return loss.size(); }
  /// The first row after the beginning of training, in which everything moves: a quarter of the rows.
  [[nodiscard]] std::size_t settled() const { return rows() / 4; }
};

/// A feature jumps when its dimensionality at the end differs from that at settled() by more than this.
inline constexpr double kJump = 0.25;

/// How long the jumps of a course take, as shares of all rows. The duration of a jump is the number of rows
/// from settled() on in which its feature is between a fifth and four fifths of the way. returns: one number
/// for each feature that jumps.
std::vector<double> jump_durations(const Course& course);

/// A feature moves in a row when its dimensionality changes by more than this to the next row.
inline constexpr double kMoving = 0.02;

/// How much the loss falls from settled() on, summed over the rows of all courses: in the rows in which a
/// feature moves, and in all rows.
struct FallOfLoss {
  double while_moving = 0, overall = 0;  ///< loss
  std::int64_t rows_moving = 0, rows = 0;

  void add(const Course& course);
  /// The mean fall of the rows in which a feature moves, over the mean fall of all rows. NaN where no feature
  /// moves or the loss does not fall.
  [[nodiscard]] double ratio() const;
};

/// The claims that dimensionalities jump, and that the loss falls when they do. courses: of models that train
/// apart. finite: whether all models are.
Claims jump_claims(std::span<const Course> courses, bool finite);

/// The number of separate drops in which the logarithm of a loss does 95 % of its fall. A further drop begins
/// when the fall is faster than twice its slowest pace since the last drop, and faster than half its average
/// pace. A loss that falls ever more slowly has one drop; a loss that does not fall has none. loss: (rows),
/// each above 0.
int count_drops(std::span<const double> loss);

/// Whether six features form an octahedron. W: (6, 3).
bool is_octahedron(std::span<const float> W);
/// Whether every feature's antipode lies in the other set. The sets are the first three features and the last
/// three. W: (6, 3).
bool antipodes_are_in_different_sets(std::span<const float> W);

}  // namespace superpose::paper
