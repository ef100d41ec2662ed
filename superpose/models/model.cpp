#include "superpose/models/model.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "superpose/core/error.h"
#include "superpose/core/random.h"

namespace superpose {

Model::Model(ModelKind kind, const Shape& shape)
    : kind_(kind),
      shape_(shape),
      W_(shape.instances() * shape.weights()),
      W2_(parts(kind).tied ? 0 : shape.instances() * shape.weights()),
      b_final_(shape.instances() * shape.features()) {}

Model choose_instances(const Model& model, std::span<const std::int64_t> instances) {
  Shape shape = model.shape();
  shape.n_instances = std::ssize(instances);
  Model chosen(model.kind(), shape);
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const std::int64_t from = instances[i];
    std::ranges::copy(model.W(from), chosen.W(i).begin());
    std::ranges::copy(model.W2(from), chosen.W2(i).begin());
    std::ranges::copy(model.b_final(from), chosen.b_final(i).begin());
  }
  return chosen;
}

Model join_instances(std::span<const Model* const> models) {
  const Model& first = *models.front();
  Shape shape = first.shape();
  shape.n_instances = 0;
  for (const Model* model : models) {
    Shape same = model->shape();
    same.n_instances = first.shape().n_instances;
    if (model->kind() != first.kind() || same != first.shape())
      throw InvalidRequest({.key = "join", .expected = "models of one kind and shape", .got = "several"});
    shape.n_instances += model->shape().n_instances;
  }
  Model joined(first.kind(), shape);
  auto* W = joined.W().data();
  auto* W2 = joined.W2().data();
  auto* b_final = joined.b_final().data();
  for (const Model* model : models) {
    W = std::ranges::copy(model->W(), W).out;
    W2 = std::ranges::copy(model->W2(), W2).out;
    b_final = std::ranges::copy(model->b_final(), b_final).out;
  }
  return joined;
}

std::size_t parameters_per_instance(ModelKind kind, const Shape& shape) {
  return (parts(kind).tied ? 1 : 2) * shape.weights() + shape.features();
}

double Initialisation::standard_deviation(const Shape& shape) const {
  return std ? *std : std::sqrt(2.0 / static_cast<double>(shape.n_features + shape.n_hidden));
}

void initialise(std::span<float> W, double standard_deviation, const InitialisationKey& key) {
  const philox::Key stream = stream_key(key.seed, Stream::kInitialisation, key.restart);
  for (std::size_t i = 0; i < W.size(); i += 2) {  // the four words of a call make two normals
    const auto words =
        philox::generate({static_cast<std::uint32_t>(i / 2), key.instance, key.matrix, 0}, stream);
    W[i] = static_cast<float>(standard_deviation * normal_quantile(uniform_open(words[0], words[1])));
    if (i + 1 == W.size()) break;
    W[i + 1] = static_cast<float>(standard_deviation * normal_quantile(uniform_open(words[2], words[3])));
  }
}

}  // namespace superpose
