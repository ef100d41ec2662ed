#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "superpose/core/stop.h"
#include "superpose/drawing/figure.h"
#include "superpose/figures/order.h"
#include "superpose/figures/sweep_figure.h"
#include "superpose/figures/wanted.h"
#include "superpose/run/run.h"
#include "superpose/run/table.h"
#include "superpose/study/results.h"

namespace superpose::figures {

/// A kind of figure that can be asked for by name.
struct FigureKind {
  std::string_view name;
  std::string_view summary;  ///< one line for --help
  /// Builds the figure; null where the kind shows studies or sweeps. runs: not empty. The last is the main
  /// one; those before it stand beside it where the kind has room. returns: nothing when stopped. Errors:
  /// InvalidRequest when the kind cannot show these runs.
  std::optional<drawing::Figure> (*build)(std::span<const run::Run* const> runs, const Wanted& wanted,
                                          const StopToken& stop) = nullptr;
  /// Builds the figure of a study; null where the kind shows others. Errors: InvalidRequest when the kind
  /// shows other studies.
  drawing::Figure (*build_study)(const study::StudyRun& run, const Wanted& wanted) = nullptr;
  /// Builds the figure of a sweep, from the table of its instances; null where the kind shows others. Errors:
  /// as of sweep_figure.
  drawing::Figure (*build_sweep)(const run::Table& table, const SweepView& view,
                                 const Wanted& wanted) = nullptr;
  bool takes_several = false;  ///< whether the figure shows other runs beside the main one
  bool shows_history = false;  ///< shows one instance of each run over its training (record.parameters)
  bool shows_loss = false;     ///< shows the runs' final losses
  bool uses_data = false;      ///< measures or compares on the data that the experiment describes
  /// Refuses what `build` refuses, before any work. Only for kinds that take long to build; null for the
  /// others.
  void (*check)(const run::Run& run) = nullptr;
};

/// Every kind.
std::span<const FigureKind> figure_kinds();

/// The kind of that name. Errors: InvalidRequest that lists the names of all kinds.
const FigureKind& find_figure_kind(std::string_view name);

/// The kind's figure of runs, as `build` has it. Errors: InvalidRequest when the kind shows something
/// else, or cannot show these runs, or not in this size.
std::optional<drawing::Figure> build_of_runs(const FigureKind& kind, std::span<const run::Run* const> runs,
                                             const StopToken& stop, const Order& order = {});

/// The kind's figure of a study. Errors: InvalidRequest when the kind shows something else, or other
/// studies, or the size is too small.
drawing::Figure build_of_study(const FigureKind& kind, const study::StudyRun& run, const Order& order = {});

/// The kind's figure of a sweep, from the table of its instances. Errors: InvalidRequest when the kind shows
/// something else; as of sweep_figure.
drawing::Figure build_of_sweep(const FigureKind& kind, const run::Table& table, const SweepView& view,
                               const Order& order = {});

/// Refuses a view of a sweep that says something, for kinds that show something else.
void check_view(const FigureKind& kind, const SweepView& view);

}  // namespace superpose::figures
