#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "superpose/core/stop.h"
#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"
#include "superpose/study/results.h"

namespace superpose::figures {

/// A kind of figure that can be asked for by name.
struct FigureKind {
  std::string_view name;
  std::string_view summary;  ///< one line for --help
  /// Builds it. runs: not empty; the last is the main one, those before it stand beside it where the kind has
  /// room. returns: nothing when stopped. Errors: InvalidRequest when the kind cannot show these runs.
  std::optional<drawing::Figure> (*build)(std::span<const run::Run* const> runs, const StopToken& stop);
  /// Builds it of a study; null where the kind shows runs. Errors: InvalidRequest when it shows other
  /// studies.
  drawing::Figure (*build_study)(const study::StudyRun& run) = nullptr;
  bool takes_several = false;  ///< whether it shows other runs beside the main one
  /// Refuses what build refuses, of kinds whose building takes long; null elsewhere.
  void (*check)(const run::Run& run) = nullptr;
};

/// Every kind.
std::span<const FigureKind> figure_kinds();

/// The kind of that name. Errors: InvalidRequest that lists the names there are.
const FigureKind& find_figure_kind(std::string_view name);

/// The kind's figure of a study. Errors: InvalidRequest when the kind shows runs, or other studies.
drawing::Figure build_of_study(const FigureKind& kind, const study::StudyRun& run);

}  // namespace superpose::figures
