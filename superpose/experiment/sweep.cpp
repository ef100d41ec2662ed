#include "superpose/experiment/sweep.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <unordered_map>

#include "superpose/core/error.h"
#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/memory.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {
namespace {

/// More points than anybody wants: a product of counts that was not meant.
constexpr std::size_t kMostPoints = 1000000;

/// A key's value at one point, and where it was written.
struct Setting {
  std::string key;    ///< full
  std::string value;  ///< TOML
  Place place;        ///< where it is written
};
using Settings = std::vector<Setting>;

/// A value as TOML on one line.
std::string inline_text(const toml::node& node) {
  std::vector<std::string> parts;
  if (const auto* array = node.as_array()) {
    for (const toml::node& element : *array) parts.push_back(inline_text(element));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (const auto* table = node.as_table()) {
    for (const auto& [key, value] : *table) {
      parts.push_back(fmt::format("{} = {}", toml_string(key.str()), inline_text(value)));
    }
    return fmt::format("{{ {} }}", fmt::join(parts, ", "));
  }
  if (const auto* text = node.as_string()) return toml_string(text->get());
  if (const auto* integer = node.as_integer()) return fmt::format("{}", integer->get());
  if (const auto* real = node.as_floating_point()) return toml_float(real->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  throw InvalidRequest({.section = "sweep", .expected = "no dates and no times", .got = "one"});
}

/// A key of a table of [sweep], without its index: "data.importance" and 1 of "data.importance[1]".
struct Target {
  std::string key;
  std::optional<std::size_t> index;
};

Target split(std::string_view name) {
  const auto open = name.find('[');
  if (open == std::string_view::npos || !name.ends_with(']')) return {std::string(name), std::nullopt};
  const std::string_view digits = name.substr(open + 1, name.size() - open - 2);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc() || end != digits.data() + digits.size()) return {std::string(name), std::nullopt};
  return {std::string(name.substr(0, open)), index};
}

/// Why a key has no meaning at one point; empty where it has one. full: as of full_key().
std::string_view why_not_swept(std::string_view full) {
  if (full == "name") return "it belongs to the sweep as a whole";
  if (full.starts_with("record.")) return "it says what is written down, not what is trained";
  return "";
}

/// Refuses keys that have no meaning at one point.
std::string checked_key(std::string_view name, const Place& place) {
  const auto [key, index] = split(name);
  const std::string full = full_key(key);
  if (const auto why = why_not_swept(full); !why.empty()) {
    throw InvalidRequest({.place = place,
                          .section = "sweep",
                          .problem = fmt::format("`{}` cannot be swept: {}", on_one_line(name), why)});
  }
  return index ? fmt::format("{}[{}]", full, *index) : full;
}

/// An entry of a table of [sweep].
struct Entry {
  std::string key;
  TomlValue value;
  const toml::node* node;
  Place written;
};

/// The entries of a table in the order of the file. toml++ sorts them by name. Keys without quotes are tables
/// in tables.
std::vector<Entry> entries_of(const TomlValue& value, std::string_view file) {
  if (!value.is_table()) value.refuse("a table");
  struct Placed {
    toml::source_position place;
    std::string name;
    const toml::node* node;
  };
  std::vector<Placed> placed;
  for (const auto& [key, node] : value.table()) {
    const bool is_section =
        node.is_table() && full_key(key.str()) == key.str() && key.str().find('.') == std::string_view::npos;
    if (!is_section || split(key.str()).index) {
      placed.push_back({key.source().begin, std::string(key.str()), &node});
      continue;
    }
    for (const auto& [inner, inner_node] : *node.as_table()) {
      placed.push_back({inner.source().begin, fmt::format("{}.{}", key.str(), inner.str()), &inner_node});
    }
  }
  std::ranges::sort(placed, [](const Placed& a, const Placed& b) {
    return a.place < b.place || (!(b.place < a.place) && a.name < b.name);
  });

  std::vector<Entry> entries;
  for (const auto& [place, name, node] : placed) {
    const Place written = place_of({.begin = place, .end = place, .path = nullptr}, file);
    const std::string key = checked_key(name, written);
    if (std::ranges::find(entries, key, &Entry::key) != entries.end()) {
      throw InvalidRequest({.place = written,
                            .section = "sweep",
                            .expected = fmt::format("`{}` once", key),
                            .got = "it twice"});
    }
    entries.push_back({key, TomlValue(*node, "sweep", key, file), node, written});
  }
  return entries;
}

constexpr NumberRange kFinite = {.low = std::numeric_limits<double>::lowest(),
                                 .low_included = true,
                                 .high = std::numeric_limits<double>::max(),
                                 .high_included = true,
                                 .description = "a finite number"};
constexpr NumberRange kPositive = {.low = 0,
                                   .low_included = false,
                                   .high = std::numeric_limits<double>::max(),
                                   .high_included = true,
                                   .description = "a finite number above 0"};

/// The values that { geometric = [first, last], count = n } or { linear = ... } makes.
std::vector<std::string> rule_values(const TomlValue& rule) {
  constexpr std::string_view kParts[] = {"geometric", "linear", "count"};
  rule.refuse_unknown_keys(kParts);
  const auto geometric = rule.find("geometric");
  const auto ends = geometric ? geometric : rule.find("linear");
  const auto count = rule.find("count");
  if (!ends || !count || rule.table().size() != 2) {
    rule.refuse(
        "an array, { geometric = [first, last], count = n } or { linear = [first, last], count = n }");
  }
  const auto n = count->whole_number(1, static_cast<std::int64_t>(kMostPoints));
  const auto numbers = ends->elements();
  if (numbers.size() != 2) ends->refuse("2 numbers (first and last)", fmt::to_string(numbers.size()));
  const NumberRange& range = geometric ? kPositive : kFinite;
  const Values values = geometric ? Values(Geometric{numbers[0].number(range), numbers[1].number(range)})
                                  : Values(Linear{numbers[0].number(range), numbers[1].number(range)});
  // Expanded in the same way as the rules of an experiment, so that both give the same bits.
  std::vector<std::string> texts;
  for (const float number : expand(values, Axis::kInstances, n, 1)) {
    texts.push_back(fmt::to_string(number));
    if (texts.back().find_first_of(".e") == std::string::npos) texts.back() += ".0";
  }
  return texts;
}

/// Combines each of `outer` with each of `inner`. The inner ones vary faster.
std::vector<Settings> product(const std::vector<Settings>& outer, const std::vector<Settings>& inner,
                              const TomlValue& at) {
  if (outer.size() > kMostPoints / inner.size()) {
    at.refuse(fmt::format("at most {} points", kMostPoints), "more");
  }
  std::vector<Settings> all;
  all.reserve(outer.size() * inner.size());
  for (const Settings& slow : outer) {
    for (const Settings& fast : inner) {
      all.push_back(slow);
      all.back().insert(all.back().end(), fast.begin(), fast.end());
    }
  }
  return all;
}

std::vector<Settings> read_grid(const TomlValue& grid, std::string_view file) {
  const std::vector<Entry> entries = entries_of(grid, file);
  if (entries.empty()) grid.refuse("at least one key", "an empty table");
  std::vector<Settings> points = {{}};
  for (const auto& [key, value, node, position] : entries) {
    std::vector<Settings> axis;
    if (const auto* array = node->as_array()) {
      if (array->empty()) value.refuse("at least one value", "an empty array");
      for (const toml::node& element : *array) {
        axis.push_back({{key, inline_text(element), place_of(element.source(), file)}});
      }
    } else if (value.is_table()) {
      for (const std::string& text : rule_values(value)) axis.push_back({{key, text, position}});
    } else {
      value.refuse("an array of values, or a rule with a count");
    }
    points = product(points, axis, value);
  }
  return points;
}

std::vector<Settings> read_list(const TomlValue& list, std::string_view file) {
  std::vector<Settings> points;
  for (const TomlValue& element : list.elements()) {
    Settings settings;
    for (const auto& [key, value, node, position] : entries_of(element, file)) {
      settings.push_back({key, inline_text(*node), place_of(node->source(), file)});
    }
    points.push_back(std::move(settings));
  }
  if (points.empty()) list.refuse("at least one point", "an empty array");
  return points;
}

/// Whether the name is that of a key of the experiment that can be swept, or of a table with such keys.
bool can_be_swept(std::string_view name) {
  return std::ranges::any_of(experiment_keys(), [&](const Key& key) {
    const std::string full = full_key(key.name);
    return why_not_swept(full).empty() && (full == full_key(split(name).key) || key.section == name);
  });
}

std::vector<Settings> read_points(const TomlValue& sweep, std::string_view file) {
  if (!sweep.is_table()) sweep.refuse("a table");
  constexpr std::string_view kParts[] = {"grid", "list"};
  for (const auto& [key, node] : sweep.table()) {
    if (std::ranges::find(kParts, key.str()) != std::end(kParts) || !can_be_swept(key.str())) continue;
    throw InvalidRequest({.place = place_of(key.source(), file),
                          .section = "sweep",
                          .problem = fmt::format("unknown key `{}`", on_one_line(key.str())),
                          .hint = "it belongs in [sweep.grid]"});
  }
  sweep.refuse_unknown_keys(kParts);
  const auto grid = sweep.find("grid");
  const auto list = sweep.find("list");
  if (!grid && !list) sweep.refuse("a grid or a list", "neither");
  const auto listed = list ? read_list(*list, file) : std::vector<Settings>{{}};
  const auto crossed = grid ? read_grid(*grid, file) : std::vector<Settings>{{}};
  for (const Settings& point : listed) {
    for (const Setting& setting : point) {
      if (std::ranges::find(crossed.front(), setting.key, &Setting::key) == crossed.front().end()) continue;
      throw InvalidRequest({.place = setting.place,
                            .section = "sweep",
                            .expected = fmt::format("`{}` in the grid or in the list", setting.key),
                            .got = "it in both"});
    }
  }
  return product(listed, crossed, sweep);
}

/// Puts a value in the place of element `index` of the array `key`, which must be there.
void set_element(TomlDocument& document, const Setting& setting, const std::string& key, std::size_t index) {
  toml::array* const array = document.table.at_path(key).as_array();
  if (!array) {
    throw InvalidRequest({.place = setting.place,
                          .key = fmt::format("`{}`", setting.key),
                          .expected = fmt::format("{} to be an array in the experiment", key),
                          .got = "none"});
  }
  if (index >= array->size()) {
    throw InvalidRequest({.place = setting.place,
                          .key = fmt::format("`{}`", setting.key),
                          .expected = fmt::format("an index below {}", array->size()),
                          .got = fmt::to_string(index)});
  }
  toml::table parsed = parse_override(setting.value, setting.place);
  parsed.get("value")->visit([&](auto& value) {
    array->replace(array->cbegin() + static_cast<std::ptrdiff_t>(index), std::move(value));
  });
  document.set.insert_or_assign(setting.key, setting.place);
}

/// A sweep's document without [sweep], after the overrides.
TomlDocument base_of(TomlDocument document, const ExperimentSource& source) {
  document.table.erase("sweep");
  for (const std::string& override : source.overrides) apply_override(document, override);
  return document;
}

/// The experiment at a point. document: that of base_of, for this point alone.
Experiment read_point(TomlDocument document, const Settings& settings, std::optional<double> memory_limit) {
  for (const Setting& setting : settings) {
    const Target target = split(setting.key);
    if (target.index) {
      set_element(document, setting, target.key, *target.index);
    } else {
      set_value(document, named_key(setting.key, setting.place), setting.value, setting.place);
    }
  }
  return read_experiment(document, memory_limit);
}

/// The experiments at all points. base: that of base_of.
std::vector<Experiment> read_experiments(const TomlDocument& base, const std::vector<Settings>& settings,
                                         const ExperimentSource& source) {
  std::vector<Experiment> experiments;
  experiments.reserve(settings.size());
  for (const Settings& point : settings) {
    try {
      experiments.push_back(read_point(base, point, source.memory_limit));
    } catch (const InvalidRequest&) {
      // The copy has forgotten the positions of its values. A fresh document has them, for the message.
      TomlDocument fresh{.table = parse_toml(source.text, source.file), .file = source.file};
      experiments.push_back(read_point(base_of(std::move(fresh), source), point, source.memory_limit));
    }
  }
  return experiments;
}

/// Removes what an instance may have for itself. Points that are equal after that can train in one model.
Experiment without_own_values(Experiment experiment) {
  experiment.data.feature_probability = 1.0;
  experiment.data.importance = 1.0;
  return experiment;
}

/// Values as a table with a row for each instance. Numbers that were written keep their written form.
std::vector<std::vector<double>> rows_of(const Values& values, Axis own_axis, const Shape& shape) {
  if (const auto* table = std::get_if<std::vector<std::vector<double>>>(&values)) return *table;
  if (const auto* number = std::get_if<double>(&values)) {
    return {shape.instances(), std::vector<double>(shape.features(), *number)};
  }
  if (const auto* list = std::get_if<std::vector<double>>(&values)) {
    if (own_axis == Axis::kFeatures) return {shape.instances(), *list};
    std::vector<std::vector<double>> rows;
    for (const double number : *list) rows.emplace_back(shape.features(), number);
    return rows;
  }
  const auto numbers = expand(values, own_axis, shape.n_instances, shape.n_features);
  std::vector<std::vector<double>> rows;
  for (std::size_t i = 0; i < shape.instances(); ++i) {
    const auto row = std::span(numbers).subspan(i * shape.features(), shape.features());
    rows.emplace_back(row.begin(), row.end());
  }
  return rows;
}

/// The values of the members one after the other, in the shortest form that can express them.
Values joined(const std::vector<const Experiment*>& members, Values Experiment::DataSection::* key,
              Axis own_axis) {
  const Values& first = members.front()->data.*key;
  const bool same = std::ranges::all_of(members, [&](const Experiment* e) { return e->data.*key == first; });
  if (same && (std::holds_alternative<double>(first) ||
               (!std::holds_alternative<std::vector<std::vector<double>>>(first) &&
                axis_of(first, own_axis) == Axis::kFeatures))) {
    return first;
  }
  std::vector<std::vector<double>> table;
  for (const Experiment* member : members) {
    for (auto& row : rows_of(member->data.*key, own_axis, member->model.shape))
      table.push_back(std::move(row));
  }
  const bool by_instance = own_axis == Axis::kInstances && std::ranges::all_of(table, [](const auto& row) {
                             return std::ranges::all_of(row, [&](double x) { return x == row.front(); });
                           });
  if (!by_instance) return table;
  std::vector<double> list;
  list.reserve(table.size());
  for (const auto& row : table) list.push_back(row.front());
  return list;
}

/// The experiment that trains the members' instances one after the other.
Experiment join(const std::vector<const Experiment*>& members) {
  Experiment all = *members.front();
  if (members.size() == 1) return all;
  using Data = Experiment::DataSection;
  all.data.feature_probability = joined(members, &Data::feature_probability, Axis::kInstances);
  all.data.importance = joined(members, &Data::importance, Axis::kFeatures);
  all.model.shape.n_instances *= static_cast<std::int64_t>(members.size());
  return all;
}

/// The most instances of such an experiment that fit in memory. Halving finds it, because the estimate only
/// grows with them.
std::int64_t instances_that_fit(Experiment experiment, double available) {
  std::int64_t low = 0;
  std::int64_t high = experiment.model.shape.n_instances;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    experiment.model.shape.n_instances = middle;
    (training_bytes(experiment) <= available ? low : high) = middle;
  }
  return low;
}

void check_memory(const Experiment& run, const TomlValue& sweep, std::optional<double> memory_limit) {
  // The number of an instance is a 32-bit word of the counter of the random generator.
  constexpr std::int64_t kMostInstances = std::numeric_limits<std::int32_t>::max();
  if (run.model.shape.n_instances > kMostInstances) {
    sweep.refuse(fmt::format("at most {} instances that train side by side", kMostInstances),
                 fmt::format("{}", run.model.shape.n_instances));
  }
  if (!memory_limit || training_bytes(run) <= *memory_limit) return;
  sweep.refuse(
      fmt::format(
          "points that fit in the {} of memory that this process may use, {} instances of this experiment",
          describe_bytes(*memory_limit), instances_that_fit(run, *memory_limit)),
      fmt::format("{} that train side by side and need {}", run.model.shape.n_instances,
                  describe_bytes(training_bytes(run))));
}

/// The document with every point listed, in one spelling.
std::string resolved_text(const toml::table& document, const std::vector<Settings>& points) {
  std::string text;
  for (const auto& [key, node] : document) {
    if (!node.is_table()) text += fmt::format("{} = {}\n", key.str(), inline_text(node));
  }
  for (const auto& [key, node] : document) {
    if (!node.is_table()) continue;
    text += fmt::format("\n[{}]\n", key.str());
    for (const auto& [inner, value] : *node.as_table()) {
      text += fmt::format("{} = {}\n", inner.str(), inline_text(value));
    }
  }
  text += "\n[sweep]\nlist = [\n";
  for (const Settings& point : points) {
    std::vector<std::string> parts;
    for (const auto& [key, value, position] : point) {
      parts.push_back(fmt::format("{} = {}", toml_string(key), value));
    }
    text += fmt::format("  {{ {} }},\n", fmt::join(parts, ", "));
  }
  return text + "]\n";
}

/// Which points train side by side.
struct Groups {
  std::vector<SweepPoint> points;
  std::vector<std::vector<const Experiment*>> members;  ///< of each run, the experiments of its points
};

/// Puts the points that differ only in what each instance may have for itself into one run.
Groups group(const std::vector<Experiment>& experiments, const std::vector<Settings>& settings) {
  Groups groups;
  std::unordered_map<std::string, std::size_t> run_of;  // by what its points share
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    const Experiment shared = without_own_values(experiments[i]);
    const std::size_t run = run_of.try_emplace(to_toml(shared), groups.members.size()).first->second;
    if (run == groups.members.size()) groups.members.emplace_back();
    SweepPoint point{.values = {}, .run = run, .n_instances = shared.model.shape.n_instances};
    point.first_instance = static_cast<std::int64_t>(groups.members[run].size()) * point.n_instances;
    for (const auto& [key, value, position] : settings[i]) point.values.emplace_back(key, value);
    groups.members[run].push_back(&experiments[i]);
    groups.points.push_back(std::move(point));
  }
  return groups;
}

}  // namespace

std::optional<SweptValue> swept_value(const SweepPoint& point, std::string_view key) {
  const auto own = std::ranges::find(point.values, key, [](const auto& pair) { return pair.first; });
  if (own == point.values.end()) return std::nullopt;
  const std::string& text = own->second;
  const toml::table parsed = parse_override(text, override_place(text));
  const toml::node& node = *parsed.get("value");
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* string = node.as_string()) return string->get();
  return text;
}

std::vector<std::string> swept_keys(std::span<const SweepPoint> points) {
  std::vector<std::string> keys;
  for (const SweepPoint& point : points) {
    for (const auto& [key, value] : point.values) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

std::string sweep_run_path(std::size_t run) {
  return fmt::format("runs/{:03}", run);
}

Sweep parse_sweep(const ExperimentSource& source) {
  return parse_sweep(TomlDocument{.table = parse_toml(source.text, source.file), .file = source.file},
                     source);
}

Sweep parse_sweep(const TomlDocument& document, const ExperimentSource& source) {
  const toml::node* const node = document.table.get("sweep");
  if (!node) {
    throw InvalidRequest(
        {.place = {.kind = Place::Kind::kFile, .name = source.file}, .expected = "a [sweep]", .got = "none"});
  }
  const TomlValue section(*node, "sweep", "", source.file);
  const std::vector<Settings> settings = read_points(section, source.file);
  const TomlDocument base = base_of(document, source);
  const std::vector<Experiment> experiments = read_experiments(base, settings, source);

  Groups groups = group(experiments, settings);
  Sweep sweep;
  sweep.points = std::move(groups.points);
  for (const auto& members : groups.members) {
    Experiment size = *members.front();  // checked before the tables are written out
    size.model.shape.n_instances *= static_cast<std::int64_t>(members.size());
    check_memory(size, section, source.memory_limit);
    sweep.runs.push_back(join(members));
  }
  sweep.toml = resolved_text(base.table, settings);
  return sweep;
}

}  // namespace superpose
