#include "superpose/models/model.h"

#include <cmath>

#include "superpose/core/random.h"

namespace superpose {

Model::Model(ModelKind kind, const Shape& shape)
    : kind_(kind),
      shape_(shape),
      W_(shape.instances() * shape.weights()),
      b_final_(shape.instances() * shape.features()) {}

std::span<float> Model::W(std::int64_t instance) {
  return W().subspan(static_cast<std::size_t>(instance) * shape_.weights(), shape_.weights());
}
std::span<const float> Model::W(std::int64_t instance) const {
  return W().subspan(static_cast<std::size_t>(instance) * shape_.weights(), shape_.weights());
}
std::span<float> Model::b_final(std::int64_t instance) {
  return b_final().subspan(static_cast<std::size_t>(instance) * shape_.features(), shape_.features());
}
std::span<const float> Model::b_final(std::int64_t instance) const {
  return b_final().subspan(static_cast<std::size_t>(instance) * shape_.features(), shape_.features());
}

double Initialisation::standard_deviation(const Shape& shape) const {
  return std ? *std : std::sqrt(2.0 / static_cast<double>(shape.n_features + shape.n_hidden));
}

void initialise(std::span<float> W, double standard_deviation, std::uint32_t seed, std::int64_t restart,
                std::uint32_t instance) {
  const philox::Key key = stream_key(seed, Stream::kInitialisation, restart);
  for (std::size_t i = 0; i < W.size(); i += 2) {  // a call's four words make two normals
    const auto words = philox::generate({static_cast<std::uint32_t>(i / 2), instance, 0, 0}, key);
    W[i] = static_cast<float>(standard_deviation * normal_quantile(uniform_open(words[0], words[1])));
    if (i + 1 == W.size()) break;
    W[i + 1] = static_cast<float>(standard_deviation * normal_quantile(uniform_open(words[2], words[3])));
  }
}

}  // namespace superpose
