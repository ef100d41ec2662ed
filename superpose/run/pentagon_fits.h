#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "superpose/experiment/experiment.h"

namespace superpose::run {

/// What five features in the plane settle in where one of them, the odd one, has another density.
enum class PentagonGeometry {
  kPentagon,   ///< all five represented, neighbours around the origin between 45 and 90 degrees apart
  kTwoDigons,  ///< four represented, two antipodal pairs; the fifth is not
  kOther,
};

/// A perturbed pentagon is irregular: its angles move away from 72 degrees, and the bounds are halfway from
/// there to two digons with the fifth feature on top of one, 90 and 0 degrees. W: (5, 2), row-major. Errors:
/// InvalidRequest when W has another size.
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

    /// The fit of the lowest loss, of any geometry or of one; losses that are not finite are passed over.
    [[nodiscard]] std::optional<Fit> lowest() const;
    [[nodiscard]] std::optional<Fit> lowest(PentagonGeometry geometry) const;
  };

  /// Errors: InvalidRequest unless these are models of kind relu_output of 5 features in 2 dimensions, whose
  /// first four features have one probability, the same in all instances.
  PentagonFits(const Experiment& experiment, const Model& model);

  /// The sparsest odd feature first.
  [[nodiscard]] const std::vector<Density>& densities() const { return densities_; }

  /// A place between two neighbouring densities at which the geometry of the lowest loss changes.
  struct Change {
    std::size_t sparser;  ///< the index of the sparser of the two
    /// Where the two geometries' lowest losses are equal, both losses running straight in the logarithm of
    /// the density; halfway where a geometry is missing on either side.
    double relative;
  };
  [[nodiscard]] std::vector<Change> changes() const;

 private:
  std::vector<Density> densities_;
};

}  // namespace superpose::run
