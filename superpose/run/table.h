#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "superpose/experiment/sweep.h"
#include "superpose/run/run.h"

namespace superpose::run {

/// The values of a column, one for each row. Nothing: not known, or not finite where the column has whole
/// numbers. NaN is a value.
template <class T>
using Cells = std::vector<std::optional<T>>;

/// A column of a table: its name, what it is for, and its values, which are all of one type.
struct Column {
  enum class Role {
    kPlace,     ///< says which row it is: the point, the run, the instance, ...
    kSwept,     ///< a key of [sweep]
    kMeasured,  ///< says what came out
  };
  std::string name;
  Role role = Role::kMeasured;
  std::variant<Cells<bool>, Cells<std::int64_t>, Cells<double>, Cells<std::string>> cells;
};

/// What runs gave, row by row. The CSV, the frames of Python and figures of sweeps show this table.
struct Table {
  std::vector<Column> columns;  ///< all have the same number of rows

  [[nodiscard]] std::size_t rows() const;
  /// The column of that name; null where there is none.
  [[nodiscard]] const Column* find(std::string_view name) const;
};

/// What a row is about.
enum class Rows {
  kInstances,
  kRestarts,  ///< of every instance: what is not known of a restart is left out
  kFeatures,  ///< of every instance: every metric, as `metrics --json` names them
};

/// The table of a run. docs/run-directory.md lists the columns. Where all features of an instance share a
/// feature_probability, it is the number that the experiment has; else the mean.
Table make_table(const Run& run, Rows rows = Rows::kInstances);

/// The table of a sweep: the instances of the first point, then those of the second, and so on. In front it
/// has the point, a column for every swept key, and the run. A swept value is a whole number, a number, true
/// or false, or text, as its column is; arrays and tables are their TOML text. runs: of points[i].run.
Table make_table(std::span<const SweepPoint> points, std::span<const Run> runs, Rows rows = Rows::kInstances);

/// The table as comma-separated values, with a header. Text is quoted as in RFC 4180; lines end in "\n".
/// Floats can be read back to the last bit and have a point or an exponent. A float that is not finite is
/// "nan" (without a sign), "inf" or "-inf". Nothing is an empty field.
std::string to_csv(const Table& table);

}  // namespace superpose::run
