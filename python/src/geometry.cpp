#include "superpose/analysis/geometry.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <tuple>
#include <vector>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "superpose/analysis/neurons.h"
#include "superpose/analysis/outcome.h"
#include "superpose/analysis/polytopes.h"

namespace superpose::python {
namespace {

using namespace nb::literals;

/// One instance's, (n_features, n_hidden).
using Weights = ArrayIn<float>;

}  // namespace

void bind_geometry(nb::module_& module) {
  nb::class_<Geometry>(module, "Geometry", "How the features of one instance lie.")
      .def(
          "__init__",
          [](Geometry* self, const Weights& W) { new (self) Geometry(span_of(W), n_hidden_of(W)); }, "W"_a)
      .def_prop_ro("represented", &Geometry::represented, "Features of a norm above 0.5, in order.")
      .def_prop_ro("in_superposition", &Geometry::in_superposition,
                   "Represented features that share their dimension with others, in order.")
      .def_prop_ro("antipodal_pairs", &Geometry::antipodal_pairs,
                   "Pairs of represented features of opposite directions.");
  module.def(
      "components",
      [](const Weights& W) {
        std::vector<std::tuple<std::string, std::vector<std::int64_t>, double>> result;
        const std::int64_t n_hidden = n_hidden_of(W);
        for (const Component& component : stoppable(
                 [n_hidden, W = copy_of(W)](const StopToken& /*stop*/) { return components(W, n_hidden); }))
          result.emplace_back(name(component), component.features, component.shape.confidence);
        return result;
      },
      "W"_a, "(shape, features, confidence) of every component of one instance.");
  module.def(
      "outcome",
      [](const Weights& W) {
        const std::int64_t n_hidden = n_hidden_of(W);
        return stoppable(
            [n_hidden, W = copy_of(W)](const StopToken& /*stop*/) { return outcome(W, n_hidden); });
      },
      "W"_a, "What one instance has settled in, in words.");
  module.def(
      "count_neurons",
      [](const Weights& W) {
        const std::int64_t n_hidden = n_hidden_of(W);
        const NeuronCounts counts = unlocked([&] { return count_neurons(span_of(W), n_hidden); });
        return std::tuple(counts.monosemantic, counts.polysemantic, counts.dead);
      },
      "W"_a, "(monosemantic, polysemantic, dead) hidden units of one instance.");
}

}  // namespace superpose::python
