#pragma once

#include <string>

#include "superpose/drawing/figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/table.h"

namespace superpose::figures {

/// What a figure of a sweep shows.
struct SweepView {
  std::string name{};    ///< the sweep's, for the title
  std::string metric{};  ///< a measured column of numbers; empty: loss
  /// Swept keys, in full or as an experiment file has them: "model.n_hidden", "n_hidden". Both: a heat map.
  /// x alone: lines, one for each value of the other key. Neither: the last two keys of several values, as a
  /// heat map, or lines over the only one. train.seed is chosen last.
  std::string x{}, y{};
};

/// A metric over one or two swept keys, as lines or a heat map. It is the median over everything else that
/// varies, and the title says over what. Instances of a point that differ in feature_probability are lines of
/// their own. table: of a sweep's instances. Errors: InvalidRequest when it has no such metric or key, or a
/// point has no value for the key.
drawing::Figure sweep_figure(const run::Table& table, const SweepView& view, const Wanted& wanted = {});

}  // namespace superpose::figures
