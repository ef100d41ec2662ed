#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/tuple.h>

#include <tuple>
#include <utility>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "python/src/trainable_run.h"
#include "superpose/analysis/expected_loss.h"
#include "superpose/analysis/feature_tradeoff.h"
#include "superpose/analysis/theory.h"
#include "superpose/analysis/vulnerability.h"

namespace superpose::python {
using namespace nb::literals;

void bind_theory(nb::module_& module) {
  module.attr("most_expected_features") = kMostExpectedFeatures;
  module.def(
      "expected_loss",
      [](const ArrayIn<float>& W, const ArrayIn<float>& b_final, const ArrayIn<float>& feature_probability,
         const ArrayIn<float>& importance) {
        const std::int64_t n_hidden = n_hidden_of(W);
        return unlocked([&] {  // some milliseconds at most
          return expected_loss(span_of(W), span_of(b_final),
                               {.n_hidden = n_hidden,
                                .feature_probability = span_of(feature_probability),
                                .importance = span_of(importance)});
        });
      },
      "W"_a, "b_final"_a, "feature_probability"_a, "importance"_a, "Of one instance of kind relu_output.");
  module.def(
      "lowest_linear_loss",
      [](std::int64_t n_hidden, double feature_probability, const ArrayIn<float>& importance) {
        return lowest_linear_loss({.n_hidden = n_hidden,
                                   .feature_probability = feature_probability,
                                   .importance = span_of(importance)});
      },
      "n_hidden"_a, "feature_probability"_a, "importance"_a);
  module.def(
      "feature_tradeoff",
      [](const TrainableRun& run) {
        const Shape shape = run.run().model.shape();
        FeatureTradeoff result = stoppable([of = run.snapshot(false), shape](const StopToken& /*stop*/) {
          return feature_tradeoff(of.model.W(), of.model.b_final(),
                                  {.kind = of.model.kind(),
                                   .shape = shape,
                                   .feature_probability = of.feature_probability,
                                   .importance = of.importance});
        });
        return std::pair(
            to_array(std::move(result.benefit), {shape.instances(), shape.features()}),
            to_array(std::move(result.interference_loss), {shape.instances(), shape.features()}));
      },
      "run"_a, "(benefit, interference_loss), each (n_instances, n_features).");
  module.def(
      "vulnerability",
      [](const ArrayIn<float>& W, const ArrayIn<float>& b_final, const ArrayIn<float>& samples) {
        const std::int64_t n_hidden = n_hidden_of(W);
        const auto result =
            stoppable([n_hidden, W = copy_of(W), b = copy_of(b_final), x = copy_of(samples)](
                          const StopToken& stop) { return vulnerability(W, b, n_hidden, x, stop); });
        return std::tuple(result->attack_norm, result->data_set, result->per_sample);
      },
      "W"_a, "b_final"_a, "samples"_a, "(attack_norm, data_set, per_sample) of one instance.");
}

}  // namespace superpose::python
