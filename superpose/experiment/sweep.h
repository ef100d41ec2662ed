#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "superpose/experiment/experiment.h"

namespace superpose {

/// One experiment of a sweep, and where it is trained.
struct SweepPoint {
  std::vector<std::pair<std::string, std::string>> values;  ///< (full key, TOML), in the file's order
  std::size_t run = 0;                                      ///< the index of its experiment in Sweep::runs
  std::int64_t first_instance = 0;  ///< its instances in that run are next to each other
  std::int64_t n_instances = 1;
  friend bool operator==(const SweepPoint&, const SweepPoint&) = default;
};

/// A swept value: true or false, a whole number, a number, or text. Of an array or a table it is the TOML
/// text.
using SweptValue = std::variant<bool, std::int64_t, double, std::string>;

/// The value that a point has for a full key; nothing where it has none.
std::optional<SweptValue> swept_value(const SweepPoint& point, std::string_view key);

/// Every key that a point has, in the order in which points first name it. Points of a list need not name the
/// same keys.
std::vector<std::string> swept_keys(std::span<const SweepPoint> points);

/// What a sweep's run is called, which is its path in the sweep's directory: "runs/000".
std::string sweep_run_path(std::size_t run);

/// Many experiments in one file: [sweep]. Points that differ only in what each instance may have for itself
/// (feature_probability, importance) train side by side in one model.
struct Sweep {
  std::vector<SweepPoint>
      points;  ///< the last key of the grid varies fastest, entries of the list vary slowest
  std::vector<Experiment> runs;  ///< what is trained, in the order in which points first need it
  std::string toml;              ///< the sweep with every point listed: parsing it gives the same runs

  /// Sweeps are equal when they have the same points in the same order.
  friend bool operator==(const Sweep& a, const Sweep& b) { return a.toml == b.toml; }
};

/// Reads and checks every point of a sweep. The overrides of the source change the experiment, and points
/// replace its values. Errors: InvalidRequest, one line, with the position of the wrong swept value. A run
/// that would not fit in memory is refused with the number of instances that would.
Sweep parse_sweep(const ExperimentSource& source);

}  // namespace superpose
