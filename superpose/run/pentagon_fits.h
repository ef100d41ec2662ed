#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "superpose/experiment/experiment.h"

namespace superpose::run {

/// The geometry of five features in the plane when one of them, the odd one, has another density.
enum class PentagonGeometry {
  kPentagon,   ///< all five represented; neighbours around the origin are 45 to 90 degrees apart
  kTwoDigons,  ///< four represented, in two antipodal pairs; the fifth is not
  kOther,
};

/// The geometry of a model. A perturbed pentagon is irregular: its angles differ from 72 degrees. Two digons
/// with the fifth feature on top of one of the four have angles of 90 and 0 degrees; a pentagon must have
/// angles from 45 to 90. W: (5, 2), row-major. Errors: InvalidRequest when W has another size.
PentagonGeometry pentagon_geometry(std::span<const float> W);

/// The fits of an experiment that perturbs the pentagon, with their exact expected losses.
class PentagonFits {
 public:
  struct Fit {
    std::int64_t instance;
    double loss;  ///< expected_loss()
    PentagonGeometry geometry;
  };
  /// The fits at one density of the odd feature.
  struct Density {
    double relative;        ///< the odd feature's probability over that of the others
    std::vector<Fit> fits;  ///< in order of their instances

    /// The fit of the lowest loss, of any geometry or of one. Fits whose loss is not finite do not count.
    [[nodiscard]] std::optional<Fit> lowest() const;
    [[nodiscard]] std::optional<Fit> lowest(PentagonGeometry geometry) const;
  };

  /// Errors: InvalidRequest unless these are models of kind relu_output of 5 features in 2 dimensions, whose
  /// first four features have one probability, the same in all instances.
  PentagonFits(const Experiment& experiment, const Model& model);

  /// The densities, the sparsest odd feature first.
  [[nodiscard]] const std::vector<Density>& densities() const { return densities_; }

  /// Two neighbouring densities between which the geometry of the lowest loss changes.
  struct Change {
    std::size_t sparser;  ///< index of the sparser of the two densities
    /// The density, relative to the other features', at which the lowest losses of both geometries are equal,
    /// when each is interpolated over the logarithm of the density. It is the geometric mean of both
    /// densities when one of them lacks a fit of the other's geometry.
    double relative;
  };
  [[nodiscard]] std::vector<Change> changes() const;

 private:
  std::vector<Density> densities_;
};

}  // namespace superpose::run
