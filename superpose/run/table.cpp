#include "superpose/run/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <numeric>
#include <string_view>
#include <type_traits>
#include <utility>

#include "superpose/analysis/geometry.h"
#include "superpose/analysis/metrics.h"
#include "superpose/analysis/outcome.h"
#include "superpose/run/metrics.h"

namespace superpose::run {
namespace {

using Role = Column::Role;

/// What a row is about. Numbers without meaning in a table are 0.
struct Row {
  std::size_t point = 0, run = 0, instance = 0, feature = 0;
  std::optional<std::size_t> restart{};  ///< nothing where an older version did not write which one it is
};

/// The float32 as the double that a person who wrote it would mean, which has the fewest decimals: 0.05, not
/// 0.05000000074505806.
double as_written(float value) {
  constexpr int kMostDecimals = 22;  // 10^22 is the last power of ten that is exact, so quotients round once
  double scale = 1;
  for (int decimals = 0; decimals <= kMostDecimals; ++decimals) {
    const double decimal = std::round(static_cast<double>(value) * scale) / scale;
    if (static_cast<float>(decimal) == value) return decimal;
    scale *= 10;
  }
  return static_cast<double>(value);
}

/// The feature_probability of an instance: that of its features, or their mean.
double probability_of(const Run& run, std::size_t instance) {
  const auto own = run.model.shape().row(std::span(run.feature_probability), instance);
  if (std::ranges::all_of(own, [&](float p) { return p == own.front(); })) return as_written(own.front());
  const double sum = std::accumulate(own.begin(), own.end(), 0.0,
                                     [](double so_far, float p) { return so_far + as_written(p); });
  return sum / static_cast<double>(own.size());
}

/// Nothing where a weight is not finite.
std::optional<std::int64_t> represented(const Model& model, std::size_t instance) {
  const Shape& shape = model.shape();
  const auto W = model.W(static_cast<std::int64_t>(instance));
  const auto lengths =
      norms(W, {.n_instances = 1, .n_features = shape.n_features, .n_hidden = shape.n_hidden});
  if (!std::ranges::all_of(lengths, [](double norm) { return std::isfinite(norm); })) return std::nullopt;
  return std::ranges::count_if(lengths, [](double norm) { return norm > kRepresentedNorm; });
}

template <class T>
struct WithoutOptional {
  using Type = T;
};
template <class T>
struct WithoutOptional<std::optional<T>> {
  using Type = T;
};
/// What the cells of a column hold whose values are of type T.
template <class T>
using CellOf = WithoutOptional<std::remove_cvref_t<T>>::Type;

/// Whether a swept value is of one of these types, or is not there.
template <class... T>
bool is_any_of(const std::optional<SweptValue>& value) {
  return !value || (std::holds_alternative<T>(*value) || ...);
}

/// The value as a T, for values that are of that type or can become it.
template <class T>
T as(const SweptValue& value) {
  return std::visit(
      [](const auto& own) -> T {
        using Own = std::remove_cvref_t<decltype(own)>;
        if constexpr (std::same_as<T, std::string> && !std::same_as<Own, T>) {
          return fmt::to_string(own);
        } else if constexpr (std::convertible_to<Own, T>) {
          return static_cast<T>(own);
        } else {
          return {};  // there is none: the column would hold text
        }
      },
      value);
}

/// A run and what is measured on it.
struct Measured {
  const Run& run;
  Metrics metrics;
  std::vector<Metrics> of_restarts{};  ///< where the restarts' models are recorded and asked for
};

/// Runs that rows are made of. A table of one run has no points.
class Builder {
 public:
  Builder(std::span<const SweepPoint> points, std::span<const Run> runs, Rows rows)
      : points_(points), of_(rows) {
    for (const Run& run : runs) runs_.push_back({.run = run, .metrics = measure(run)});
    if (rows == Rows::kRestarts) measure_restarts();
    if (points.empty()) {
      add_rows({.run = 0}, 0, runs_.front().run.model.shape().instances());
    }
    for (std::size_t p = 0; p < points.size(); ++p) {
      const auto first = static_cast<std::size_t>(points[p].first_instance);
      add_rows({.point = p, .run = points[p].run}, first,
               first + static_cast<std::size_t>(points[p].n_instances));
    }
  }

  Table build() && {
    if (!points_.empty()) add_points();
    add("instance", Role::kPlace, [](const Row& row) { return static_cast<std::int64_t>(row.instance); });
    if (of_ == Rows::kInstances) add_instances();
    if (of_ == Rows::kRestarts) add_restarts();
    if (of_ == Rows::kFeatures) add_features();
    return std::move(table_);
  }

 private:
  void measure_restarts() {
    for (Measured& measured : runs_) {
      for (const Model& model : measured.run.restart_models) {
        Metrics& own = measured.of_restarts.emplace_back();
        own.dimensions_per_feature = superpose::dimensions_per_feature(model.W(), model.shape());
        own.capacity = superpose::capacity(model.W(), model.shape());
      }
    }
  }

  /// Adds the rows of instances [first, last) of a run.
  void add_rows(Row row, std::size_t first, std::size_t last) {
    const Run& run = runs_[row.run].run;
    for (row.instance = first; row.instance < last; ++row.instance) {
      const std::size_t restarts = run.restart_loss.size() / run.model.shape().instances();
      row.restart.reset();
      if (of_ == Rows::kFeatures) {
        for (row.feature = 0; row.feature < run.model.shape().features(); ++row.feature) rows_.push_back(row);
      } else if (of_ == Rows::kRestarts && restarts > 0) {
        for (std::size_t r = 0; r < restarts; ++r) rows_.push_back({row.point, row.run, row.instance, 0, r});
      } else {
        if (run.experiment.train.restarts == 1) row.restart = 0;
        rows_.push_back(row);
      }
    }
  }

  /// Adds a column. value: of a row; a T or an optional T.
  template <class Value>
  void add(std::string_view name, Role role, const Value& value) {
    Cells<CellOf<std::invoke_result_t<const Value&, const Row&>>> cells;
    cells.reserve(rows_.size());
    for (const Row& row : rows_) cells.push_back(value(row));
    table_.columns.push_back({.name = std::string(name), .role = role, .cells = std::move(cells)});
  }

  /// Adds a metric of instances. values: of a run's metrics.
  void add_metric(std::string_view name, std::vector<double> Metrics::* values) {
    add(name, Role::kMeasured,
        [&](const Row& row) { return (runs_[row.run].metrics.*values)[row.instance]; });
  }

  void add_points() {
    add("point", Role::kPlace, [](const Row& row) { return static_cast<std::int64_t>(row.point); });
    for (const std::string& key : swept_keys(points_)) add_swept(key);
    add("run", Role::kPlace, [](const Row& row) { return sweep_run_path(row.run); });
  }

  /// Adds the column of a swept key, of the narrowest type that has all of its values.
  void add_swept(const std::string& key) {
    std::vector<std::optional<SweptValue>> values;  // of the points
    for (const SweepPoint& point : points_) values.push_back(swept_value(point, key));
    if (std::ranges::all_of(values, is_any_of<bool>)) {
      add_swept<bool>(key, values);
    } else if (std::ranges::all_of(values, is_any_of<std::int64_t>)) {
      add_swept<std::int64_t>(key, values);
    } else if (std::ranges::all_of(values, is_any_of<std::int64_t, double>)) {
      add_swept<double>(key, values);
    } else {
      add_swept<std::string>(key, values);
    }
  }

  template <class T>
  void add_swept(const std::string& key, const std::vector<std::optional<SweptValue>>& values) {
    add(key, Role::kSwept, [&](const Row& row) -> std::optional<T> {
      const auto& value = values[row.point];
      if (!value) return std::nullopt;
      return as<T>(*value);
    });
  }

  void add_probability() {
    add("feature_probability", Role::kMeasured,
        [&](const Row& row) { return probability_of(runs_[row.run].run, row.instance); });
  }

  void add_instances() {
    add_probability();
    add_metric("loss", &Metrics::loss);
    if (std::ranges::any_of(runs_, [](const Measured& of) { return of.metrics.restarts.has_value(); }))
      add_loss_spread();
    add_metric("dimensions_per_feature", &Metrics::dimensions_per_feature);
    add_metric("capacity", &Metrics::capacity);
    add("represented", Role::kMeasured,
        [&](const Row& row) { return represented(runs_[row.run].run.model, row.instance); });
    add("outcome", Role::kMeasured,
        [&](const Row& row) { return outcome_in(runs_[row.run].run.model, row); });
  }

  /// How the losses of an instance's restarts are spread.
  void add_loss_spread() {
    const auto add_one = [&](std::string_view name, auto values) {
      using T = std::remove_cvref_t<decltype(std::declval<RestartMetrics>().*values)>::value_type;
      add(name, Role::kMeasured, [&](const Row& row) -> std::optional<T> {
        const auto& restarts = runs_[row.run].metrics.restarts;
        if (!restarts) return std::nullopt;
        return ((*restarts).*values)[row.instance];
      });
    };
    add_one("lowest_loss", &RestartMetrics::lowest_loss);
    add_one("median_loss", &RestartMetrics::median_loss);
    add_one("highest_loss", &RestartMetrics::highest_loss);
    add_one("share_of_lowest_loss", &RestartMetrics::share_of_lowest_loss);
    add_one("kept_restart", &RestartMetrics::kept_restart);
  }

  static std::string outcome_in(const Model& model, const Row& row) {
    return outcome(model.W(static_cast<std::int64_t>(row.instance)), model.shape().n_hidden);
  }

  /// The model that a row's restart ended in; null where it is not recorded.
  [[nodiscard]] const Model* restart_model(const Row& row) const {
    const Run& run = runs_[row.run].run;
    if (run.restart_loss.empty()) return &run.model;
    return run.restart_models.empty() ? nullptr : &run.restart_models[row.restart.value_or(0)];
  }

  void add_restarts() {
    add("restart", Role::kPlace, [](const Row& row) -> std::optional<std::int64_t> {
      if (!row.restart) return std::nullopt;
      return static_cast<std::int64_t>(*row.restart);
    });
    add("kept", Role::kPlace, [&](const Row& row) {
      const auto& kept = runs_[row.run].run.kept_restart;
      return kept.empty() || static_cast<std::size_t>(kept[row.instance]) == row.restart;
    });
    add_probability();
    add("loss", Role::kMeasured, [&](const Row& row) {
      const Run& run = runs_[row.run].run;
      const bool is_only = run.restart_loss.empty();
      return static_cast<double>(
          is_only ? run.loss[row.instance]
                  : run.restart_loss[row.restart.value_or(0) * run.model.shape().instances() + row.instance]);
    });
    if (std::ranges::any_of(rows_, [&](const Row& row) { return restart_model(row) != nullptr; }))
      add_restart_models();
  }

  void add_restart_models() {
    const auto add_one = [&](std::string_view name, std::vector<double> Metrics::* values) {
      add(name, Role::kMeasured, [&](const Row& row) -> std::optional<double> {
        const Measured& measured = runs_[row.run];
        if (restart_model(row) == nullptr) return std::nullopt;
        const bool is_only = measured.of_restarts.empty();
        return ((is_only ? measured.metrics : measured.of_restarts[row.restart.value_or(0)]).*
                values)[row.instance];
      });
    };
    add_one("dimensions_per_feature", &Metrics::dimensions_per_feature);
    add_one("capacity", &Metrics::capacity);
    add("represented", Role::kMeasured, [&](const Row& row) -> std::optional<std::int64_t> {
      const Model* const model = restart_model(row);
      return model == nullptr ? std::nullopt : represented(*model, row.instance);
    });
    add("outcome", Role::kMeasured, [&](const Row& row) -> std::optional<std::string> {
      const Model* const model = restart_model(row);
      if (model == nullptr) return std::nullopt;
      return outcome_in(*model, row);
    });
  }

  /// The metrics that all runs have.
  void add_features() {
    add("feature", Role::kPlace, [](const Row& row) { return static_cast<std::int64_t>(row.feature); });
    std::vector<std::vector<NamedMetric>> named;  // of each run
    for (const Measured& measured : runs_) named.push_back(named_metrics(measured.metrics));
    const auto fewest = std::ranges::min_element(named, {}, [](const auto& of) { return of.size(); });
    for (std::size_t m = 0; m < fewest->size(); ++m) {
      add((*fewest)[m].name, Role::kMeasured, [&](const Row& row) {
        const NamedMetric& metric = named[row.run][m];
        const std::size_t features = runs_[row.run].run.model.shape().features();
        return metric.values[metric.of_features ? row.instance * features + row.feature : row.instance];
      });
    }
  }

  std::span<const SweepPoint> points_;
  Rows of_;
  std::vector<Measured> runs_;
  std::vector<Row> rows_;
  Table table_;
};

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

std::string field_of(const std::string& text) {
  return quoted(text);
}
std::string field_of(bool value) {
  return value ? "true" : "false";
}
std::string field_of(std::int64_t number) {
  return fmt::to_string(number);
}
std::string field_of(double number) {
  if (std::isnan(number)) return "nan";
  std::string text = fmt::to_string(number);
  if (std::isfinite(number) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string field_of(const Column& column, std::size_t row) {
  return std::visit([row](const auto& cells) { return cells[row] ? field_of(*cells[row]) : std::string(); },
                    column.cells);
}

}  // namespace

std::size_t Table::rows() const {
  if (columns.empty()) return 0;
  return std::visit([](const auto& cells) { return cells.size(); }, columns.front().cells);
}

const Column* Table::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

Table make_table(const Run& run, Rows rows) {
  return Builder({}, std::span(&run, 1), rows).build();
}

Table make_table(std::span<const SweepPoint> points, std::span<const Run> runs, Rows rows) {
  return Builder(points, runs, rows).build();
}

std::string to_csv(const Table& table) {
  std::string text;
  const auto add_line = [&](const auto& field) {
    for (const Column& column : table.columns) text += field(column) + ',';
    text.back() = '\n';
  };
  add_line([](const Column& column) { return quoted(column.name); });
  for (std::size_t row = 0; row < table.rows(); ++row)
    add_line([row](const Column& column) { return field_of(column, row); });
  return text;
}

}  // namespace superpose::run
