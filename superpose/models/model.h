#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/shape.h"
#include "superpose/models/model_kind.h"

namespace superpose {

/// The parameters of an ensemble: every instance's W and b_final. All zero at the start.
class Model {
 public:
  Model(ModelKind kind, const Shape& shape);

  [[nodiscard]] ModelKind kind() const { return kind_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }

  /// (n_instances, n_features, n_hidden), row-major: row f of an instance is where feature f lands.
  [[nodiscard]] std::span<float> W() { return W_.span(); }
  [[nodiscard]] std::span<const float> W() const { return W_.span(); }
  /// (n_instances, n_features)
  [[nodiscard]] std::span<float> b_final() { return b_final_.span(); }
  [[nodiscard]] std::span<const float> b_final() const { return b_final_.span(); }

  /// One instance's W, (n_features, n_hidden). 0 <= instance < n_instances.
  [[nodiscard]] std::span<float> W(std::int64_t instance);
  [[nodiscard]] std::span<const float> W(std::int64_t instance) const;
  /// One instance's b_final, (n_features).
  [[nodiscard]] std::span<float> b_final(std::int64_t instance);
  [[nodiscard]] std::span<const float> b_final(std::int64_t instance) const;

 private:
  ModelKind kind_;
  Shape shape_;
  AlignedBuffer<float> W_;
  AlignedBuffer<float> b_final_;
};

/// How W starts (b_final starts at 0): normal with mean 0 and this standard deviation; none: Xavier's rule
/// for one instance, sqrt(2 / (n_features + n_hidden)), which does not depend on the neighbours.
struct Initialisation {
  std::optional<double> std;  ///< >= 0

  /// The standard deviation in use.
  [[nodiscard]] double standard_deviation(const Shape& shape) const;
  friend bool operator==(const Initialisation&, const Initialisation&) = default;
};

/// Draws one instance's W. The result depends on (seed, restart, instance) and the instance's shape alone.
/// W: (n_features, n_hidden), out.
void initialise(std::span<float> W, double standard_deviation, std::uint32_t seed, std::int64_t restart,
                std::uint32_t instance);

}  // namespace superpose
