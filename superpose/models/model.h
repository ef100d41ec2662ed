#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/shape.h"
#include "superpose/models/model_kind.h"

namespace superpose {

/// The parameters of an ensemble: every instance's W and b_final, or W1, W2 and b_final where the kind has
/// two matrices. All zero at the start.
class Model {
 public:
  Model(ModelKind kind, const Shape& shape);

  [[nodiscard]] ModelKind kind() const { return kind_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }

  /// W or W1, (n_instances, n_features, n_hidden), row-major: row f of an instance is where feature f lands.
  [[nodiscard]] std::span<float> W() { return W_.span(); }
  [[nodiscard]] std::span<const float> W() const { return W_.span(); }
  /// The same of W2: row f is what makes output f of the hidden layer. Empty where W serves both.
  [[nodiscard]] std::span<float> W2() { return W2_.span(); }
  [[nodiscard]] std::span<const float> W2() const { return W2_.span(); }
  /// (n_instances, n_features)
  [[nodiscard]] std::span<float> b_final() { return b_final_.span(); }
  [[nodiscard]] std::span<const float> b_final() const { return b_final_.span(); }

  /// One instance's W, (n_features, n_hidden). 0 <= instance < n_instances.
  [[nodiscard]] std::span<float> W(std::int64_t instance);
  [[nodiscard]] std::span<const float> W(std::int64_t instance) const;
  /// One instance's W2, (n_features, n_hidden), or empty.
  [[nodiscard]] std::span<float> W2(std::int64_t instance);
  [[nodiscard]] std::span<const float> W2(std::int64_t instance) const;
  /// One instance's b_final, (n_features).
  [[nodiscard]] std::span<float> b_final(std::int64_t instance);
  [[nodiscard]] std::span<const float> b_final(std::int64_t instance) const;

 private:
  ModelKind kind_;
  Shape shape_;
  AlignedBuffer<float> W_, W2_;
  AlignedBuffer<float> b_final_;
};

/// A model of these instances of another, in that order. instances: each in [0, model's n_instances).
Model choose_instances(const Model& model, std::span<const std::int64_t> instances);

/// A model of all instances of several others, one after the other. models: at least one. Errors:
/// InvalidRequest when their kinds differ, or their shapes beyond n_instances.
Model join_instances(std::span<const Model* const> models);

/// Parameters of one instance of that kind and shape.
std::size_t parameters_per_instance(ModelKind kind, const Shape& shape);

/// How W starts, W1 and W2 too (b_final starts at 0): normal with mean 0 and this standard deviation; none:
/// Xavier's rule for one instance, sqrt(2 / (n_features + n_hidden)), which does not depend on the
/// neighbours.
struct Initialisation {
  std::optional<double> std;  ///< >= 0

  /// The standard deviation in use.
  [[nodiscard]] double standard_deviation(const Shape& shape) const;
  friend bool operator==(const Initialisation&, const Initialisation&) = default;
};

/// Which numbers a start is made of.
struct InitialisationKey {
  std::uint32_t seed = 0;
  std::int64_t restart = 0;
  std::uint32_t instance = 0;
  std::uint32_t matrix = 0;  ///< 0: W or W1; 1: W2
};

/// Draws one matrix of one instance. The result depends on the key and the instance's shape alone. W:
/// (n_features, n_hidden), out.
void initialise(std::span<float> W, double standard_deviation, const InitialisationKey& key);

}  // namespace superpose
