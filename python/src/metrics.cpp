#include "superpose/analysis/metrics.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <utility>
#include <vector>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "python/src/interpreter.h"

namespace superpose::python {
namespace {

using namespace nb::literals;

/// (n_instances, n_features, n_hidden)
using Weights = ArrayIn<float>;

Shape shape_of(const Weights& W) {
  if (W.ndim() != 3) throw nb::value_error("W: expected an array of 3 dimensions");
  return {.n_instances = static_cast<std::int64_t>(W.shape(0)),
          .n_features = static_cast<std::int64_t>(W.shape(1)),
          .n_hidden = static_cast<std::int64_t>(W.shape(2))};
}

using Metric = std::vector<double> (*)(std::span<const float>, const Shape&);

/// Without the interpreter's lock.
std::vector<double> measured(Metric metric, const Weights& W, const Shape& shape) {
  return stoppable([metric, shape, W = copy_of(W)](const StopToken& /*stop*/) { return metric(W, shape); });
}

/// A number an instance and feature.
ArrayOut<double> per_feature(Metric metric, const Weights& W) {
  const Shape shape = shape_of(W);
  return to_array(measured(metric, W, shape), {shape.instances(), shape.features()});
}

/// A number an instance.
ArrayOut<double> per_instance(Metric metric, const Weights& W) {
  const Shape shape = shape_of(W);
  return to_array(measured(metric, W, shape), {shape.instances()});
}

/// A number an instance and pair of features.
ArrayOut<double> per_pair(Metric metric, const Weights& W) {
  const Shape shape = shape_of(W);
  return to_array(measured(metric, W, shape), {shape.instances(), shape.features(), shape.features()});
}

}  // namespace

void bind_metrics(nb::module_& module) {
  module.def("norms", [](const Weights& W) { return per_feature(&norms, W); }, "W"_a);
  module.def("polysemanticity", [](const Weights& W) { return per_feature(&polysemanticity, W); }, "W"_a);
  module.def("dimensionality", [](const Weights& W) { return per_feature(&dimensionality, W); }, "W"_a);
  module.def("interference", [](const Weights& W) { return per_pair(&interference, W); }, "W"_a);
  module.def("gram", [](const Weights& W) { return per_pair(&gram, W); }, "W"_a);
  module.def("capacity", [](const Weights& W) { return per_instance(&capacity, W); }, "W"_a);
  module.def(
      "dimensions_per_feature", [](const Weights& W) { return per_instance(&dimensions_per_feature, W); },
      "W"_a);
  module.def(
      "net_interference",
      [](const Weights& W, const ArrayIn<float>& feature_probability) {
        const Shape shape = shape_of(W);
        auto result = stoppable([shape, W = copy_of(W), p = copy_of(feature_probability)](
                                    const StopToken& /*stop*/) { return net_interference(W, p, shape); });
        return to_array(std::move(result), {shape.instances(), shape.features()});
      },
      "W"_a, "feature_probability"_a);
}

}  // namespace superpose::python
