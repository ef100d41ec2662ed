#include "superpose/run/table.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "python/src/interpreter.h"
#include "python/src/trainable_run.h"
#include "superpose/core/error.h"
#include "superpose/core/named_values.h"
#include "superpose/store/run_sweep.h"

namespace superpose::python {
namespace {

using namespace nb::literals;

constexpr auto kRows = std::to_array<NamedValue<run::Rows>>({{"instances", run::Rows::kInstances},
                                                             {"restarts", run::Rows::kRestarts},
                                                             {"features", run::Rows::kFeatures}});

run::Rows find_rows(std::string_view name) {
  const auto rows = find_named<run::Rows>(kRows, name);
  if (!rows)
    throw InvalidRequest({.key = "rows", .expected = names_of<run::Rows>(kRows), .got = std::string(name)});
  return *rows;
}

/// name, type, values
using Values = decltype(run::Column::cells);
using ColumnFields = std::tuple<std::string, std::string_view, Values>;

std::vector<ColumnFields> columns_of(const run::Table& table) {
  constexpr std::array<std::string_view, 4> kTypes = {"bool", "int", "float", "str"};  // in Values' order
  std::vector<ColumnFields> columns;
  for (const run::Column& column : table.columns)
    columns.emplace_back(column.name, kTypes.at(column.cells.index()), column.cells);
  return columns;
}

/// A copy of the run with this loss, for work without the interpreter's lock. loss: (n_instances).
run::Run copy_with_loss(const TrainableRun& run, const ArrayIn<float>& loss) {
  run::Run copy = run.snapshot(/*with_parameters=*/false);
  copy.loss = copy_of(loss);
  return copy;
}

run::Table table_of_run(const TrainableRun& run, const ArrayIn<float>& loss, const std::string& rows) {
  return stoppable([copy = copy_with_loss(run, loss), of = find_rows(rows)](const StopToken& /*stop*/) {
    return run::make_table(copy, of);
  });
}

run::Table table_of_sweep(std::vector<SweepPoint> points, const std::vector<const TrainableRun*>& runs,
                          const std::vector<ArrayIn<float>>& losses, const std::string& rows) {
  std::vector<run::Run> copies;
  for (std::size_t i = 0; i < runs.size(); ++i) copies.push_back(copy_with_loss(*runs.at(i), losses.at(i)));
  return stoppable([points = std::move(points), copies = std::move(copies), of = find_rows(rows)](
                       const StopToken& /*stop*/) { return run::make_table(points, copies, of); });
}

}  // namespace

void bind_tables(nb::module_& module) {
  nb::class_<run::Table>(module, "Table", "What runs gave, row by row.")
      .def_prop_ro("columns", &columns_of,
                   "(name, 'bool', 'int', 'float' or 'str', values), the values None where there are none.");
  nb::class_<SweepPoint>(module, "SweepPoint", "One experiment of a sweep, and where it was trained.")
      .def_prop_ro("values", &store::values_json, "The swept values by key, as JSON, in the file's order.")
      .def_ro("run", &SweepPoint::run)
      .def_ro("first_instance", &SweepPoint::first_instance)
      .def_ro("n_instances", &SweepPoint::n_instances);
  module.def("table_of_run", &table_of_run, "run"_a, "loss"_a, "rows"_a,
             "Its instances, restarts or features; loss: (n_instances).");
  module.def("table_of_sweep", &table_of_sweep, "points"_a, "runs"_a, "losses"_a, "rows"_a,
             "The same of all points; losses: of each run.");
}

}  // namespace superpose::python
