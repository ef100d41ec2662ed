#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/figures/figure_kinds.h"
#include "tests/figures/example_runs.h"
#include "tests/figures/example_studies.h"
#include "tests/figures/example_sweep.h"

namespace superpose::figures {

/// A small run that a kind of figure can show. Errors: InvalidRequest for a kind that shows something else.
inline run::Run example_for(std::string_view kind) {
  if (kind == "intro") return polygon_run(6);
  if (kind == "features" || kind == "graph")
    return digons_run({.n_instances = 3, .n_features = 12, .n_hidden = 6});
  if (kind == "dimensionality") return digons_run({.n_instances = 6, .n_features = 10, .n_hidden = 5});
  if (kind == "phase") return phase_run();
  if (kind == "neurons") return neurons_run();
  if (kind == "inhibition") return inhibition_run();
  if (kind == "pentagon") return perturbed_pentagon_run();
  if (kind == "dynamics") return recorded(polygon_run(2));
  if (kind == "animation") return recorded(digons_run({.n_instances = 2, .n_features = 8, .n_hidden = 4}));
  if (kind == "sets") {
    run::Run run = polygon_run(3, 4);
    run.experiment.data.distribution.sets = {
        {.rule = FeatureSet::Rule::kCorrelated, .members = {{.feature = 0}, {.feature = 2}}}};
    return run;
  }
  if (kind == "vulnerability") {
    run::Run run = digons_run({.n_instances = 3, .n_features = 6, .n_hidden = 3});
    run.experiment.data.feature_probability = std::vector<double>{1, 0.3, 0.1};
    return run;
  }
  throw InvalidRequest("example: expected a kind of figure that shows runs");
}

/// The figure of a kind's example. Studies and sweeps have one each.
inline drawing::Figure example_figure(const FigureKind& kind) {
  if (kind.build_sweep != nullptr) return build_of_sweep(kind, example_sweep(), {.name = "example"});
  if (kind.build_study == nullptr) {
    const run::Run run = example_for(kind.name);
    return kind.build(std::array{&run}, {}, {}).value();
  }
  for (const study::StudyRun& run : example_studies()) {
    try {
      return build_of_study(kind, run);
    } catch (const InvalidRequest&) {  // another kind's
    }
  }
  throw InvalidRequest("example: expected a study for every kind that shows one");
}

}  // namespace superpose::figures
