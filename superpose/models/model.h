#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/error.h"  // IWYU pragma: export
#include "superpose/core/shape.h"
#include "superpose/models/model_kind.h"

namespace superpose {

/// The parameters of an ensemble: every instance's W and b_final, or W1, W2 and b_final where the kind has
/// two matrices. All zero at the start. As with a container of the standard library, several threads may read
/// one, but whoever writes must be alone.
class Model {
 public:
  Model(ModelKind kind, const Shape& shape);

  [[nodiscard]] ModelKind kind() const { return kind_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }

  /// W or W1, (n_instances, n_features, n_hidden), row-major: row f of an instance is where feature f lands.
  [[nodiscard]] std::span<float> W() { return W_.span(); }
  [[nodiscard]] std::span<const float> W() const { return W_.span(); }
  /// W2, (n_instances, n_features, n_hidden): row f makes output f of the hidden layer. Empty where the kind
  /// has one matrix for both.
  [[nodiscard]] std::span<float> W2() { return W2_.span(); }
  [[nodiscard]] std::span<const float> W2() const { return W2_.span(); }
  /// (n_instances, n_features)
  [[nodiscard]] std::span<float> b_final() { return b_final_.span(); }
  [[nodiscard]] std::span<const float> b_final() const { return b_final_.span(); }

  /// One instance's W, (n_features, n_hidden). 0 <= instance < n_instances.
  [[nodiscard]] std::span<float> W(std::integral auto instance) { return weights_of(W(), instance); }
  [[nodiscard]] std::span<const float> W(std::integral auto instance) const {
    return weights_of(W(), instance);
  }
  /// One instance's W2, (n_features, n_hidden), or empty.
  [[nodiscard]] std::span<float> W2(std::integral auto instance) { return weights_of(W2(), instance); }
  [[nodiscard]] std::span<const float> W2(std::integral auto instance) const {
    return weights_of(W2(), instance);
  }
  /// One instance's b_final, (n_features).
  [[nodiscard]] std::span<float> b_final(std::integral auto instance) {
    return shape_.row(b_final(), instance);
  }
  [[nodiscard]] std::span<const float> b_final(std::integral auto instance) const {
    return shape_.row(b_final(), instance);
  }

 private:
  template <class T>
  [[nodiscard]] std::span<T> weights_of(std::span<T> all, std::integral auto instance) const {
    return all.empty() ? all : all.subspan(shape_.first_weight(instance), shape_.weights());
  }

  ModelKind kind_;
  Shape shape_;
  AlignedBuffer<float> W_, W2_;
  AlignedBuffer<float> b_final_;
};

/// A model made of some instances of another one, in this order. instances: each in [0, model's n_instances).
Model choose_instances(const Model& model, std::span<const std::int64_t> instances);

/// A model made of all instances of several others, one after the other. models: at least one. Errors:
/// InvalidRequest when their kinds differ, or their shapes in more than n_instances.
Model join_instances(std::span<const Model* const> models);

/// How many parameters one instance of that kind and shape has.
std::size_t parameters_per_instance(ModelKind kind, const Shape& shape);

/// How W starts, or W1 and W2: normal numbers with mean 0 and this standard deviation. b_final starts at 0.
/// Without a number it is Xavier's rule for one instance, sqrt(2 / (n_features + n_hidden)), which does not
/// depend on the number of instances.
struct Initialisation {
  std::optional<double> std;  ///< finite, >= 0

  /// The standard deviation in use.
  [[nodiscard]] double standard_deviation(const Shape& shape) const;
  friend bool operator==(const Initialisation&, const Initialisation&) = default;
};

/// The key of the random numbers that a matrix starts from.
struct InitialisationKey {
  std::uint32_t seed = 0;
  std::int64_t restart = 0;
  std::uint32_t instance = 0;
  std::uint32_t matrix = 0;  ///< 0: W or W1; 1: W2
};

/// Draws one matrix of one instance. The result depends on the key and on the instance's shape alone. W:
/// (n_features, n_hidden), out.
void initialise(std::span<float> W, double standard_deviation, const InitialisationKey& key);

}  // namespace superpose
