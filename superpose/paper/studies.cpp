#include "superpose/paper/entries.h"

namespace superpose::paper {
namespace {

CatalogueEntry entry(std::string name, std::string summary, std::string kind) {
  std::string toml = "name = \"" + name + "\"\n\n[study]\nkind = \"" + std::move(kind) + "\"\n";
  return {.name = std::move(name),
          .summary = std::move(summary),
          .toml = std::move(toml),
          .quick = {},
          .companions = {},
          .figures = {},
          .measure = {},
          .is_study = true};
}

}  // namespace

CatalogueEntry johnson_lindenstrauss() {
  auto result =
      entry("johnson-lindenstrauss",
            "random projections: how many dimensions keep all distances, the bound and a measurement",
            "johnson_lindenstrauss");
  result.quick = {"study.n_dimensions=[250, 1000]", "study.eps=[0.5, 0.4, 0.3, 0.2]", "study.trials=10"};
  result.figures = {"johnson-lindenstrauss"};
  return result;
}

CatalogueEntry almost_orthogonal() {
  auto result =
      entry("almost-orthogonal", "how many almost orthogonal vectors fit: random, spread out, and the bounds",
            "almost_orthogonal");
  result.quick = {"study.eps=[0.4, 0.5]",
                  "study.drawn_dimensions=[8, 12, 16, 20, 24, 28, 32]",
                  "study.most_drawn=1000",
                  "study.patience=300",
                  "study.spread_dimensions=[4, 5, 6, 7, 8, 9, 10]",
                  "study.most_spread=80",
                  "study.curve_vectors=[20, 32, 64, 96]"};
  result.figures = {"packing"};
  return result;
}

CatalogueEntry compressed_sensing() {
  auto result = entry("compressed-sensing",
                      "sparse vectors from few measurements: the phase transition, and what toy models need",
                      "compressed_sensing");
  result.quick = {"study.n=60",
                  "study.grid=12",
                  "study.trials=20",
                  "study.n_features=[120, 240]",
                  "study.n_hidden=[5, 10]",
                  "study.steps=600"};
  result.figures = {"compressed-sensing"};
  return result;
}

}  // namespace superpose::paper
