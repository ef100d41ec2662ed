#include "superpose/store/run_sweep.h"

#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/store/checkpoint.h"
#include "superpose/store/write_results.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

Json json_of(const toml::node& node) {
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* string = node.as_string()) return string->get();
  if (const auto* array = node.as_array()) {
    auto elements = Json::array();
    for (const toml::node& element : *array) elements.push_back(json_of(element));
    return elements;
  }
  auto object = Json::object();
  for (const auto& [key, value] : *node.as_table()) object[std::string(key.str())] = json_of(value);
  return object;
}

Json json_value(const std::string& text) {
  const toml::table parsed = parse_override(text, override_place(text));
  return json_of(*parsed.get("value"));
}

Json values_of(const SweepPoint& point) {
  auto values = Json::object();
  for (const auto& [key, value] : point.values) values[key] = json_value(value);
  return values;
}

std::string points_json(const Sweep& sweep) {
  auto points = Json::array();
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    const SweepPoint& point = sweep.points[i];
    points.push_back({{"index", i},
                      {"values", values_of(point)},
                      {"run", sweep_run_path(point.run)},
                      {"first_instance", point.first_instance},
                      {"n_instances", point.n_instances}});
  }
  return Json{{"points", std::move(points)}}.dump(1) + "\n";
}

/// Turns the progress of the jobs into the progress of the whole sweep.
class WholeProgress {
 public:
  WholeProgress(const Sweep& sweep, const SweepOptions& options, const Directory& directory)
      : options_(options) {
    for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
      const std::int64_t steps = sweep.runs[i].train.steps;
      steps_ += steps;
      // A run that is already whole is skipped without a message.
      const auto run = Directory::open_if_there(sweep_run_path(i), &directory);
      taken_.push_back(run && run->has(kModelFile) ? steps : 0);
    }
  }

  void operator()(const JobProgress& message) {
    taken_[message.job] = message.progress.step;
    TrainingProgress whole = message.progress;
    whole.step = std::accumulate(taken_.begin(), taken_.end(), std::int64_t{0});
    whole.steps = steps_;
    options_.progress(whole);
  }

 private:
  const SweepOptions& options_;
  std::vector<std::int64_t> taken_;  ///< steps taken by each job
  std::int64_t steps_ = 0;
};

/// A job for each run.
std::vector<Job> jobs_of(const Sweep& sweep) {
  std::vector<Job> jobs;
  jobs.reserve(sweep.runs.size());
  for (std::size_t i = 0; i < sweep.runs.size(); ++i)
    jobs.push_back({.what = sweep.runs[i], .directory = sweep_run_path(i)});
  return jobs;
}

}  // namespace

std::string values_json(const SweepPoint& point) {
  return values_of(point).dump();
}

RunEnd run_sweep(const Sweep& sweep, const SweepOptions& options) {
  const auto prepare = [&] {
    const auto directory =
        options.resume ? Directory::open_if_there(options.directory, options.root) : std::nullopt;
    for (std::size_t i = 0; directory && i < sweep.runs.size(); ++i)
      check_checkpoint(Directory::open_if_there(sweep_run_path(i), &*directory), sweep.runs[i]);
  };
  const auto write = [&](const Directory& directory, Found found) {
    JobOptions each{.threads = options.threads,
                    .resume = found == Found::kBegun,
                    .checkpoint_seconds = options.checkpoint_seconds,
                    .stop = options.stop,
                    .every = options.progress_every,
                    .warn = options.warn};
    if (options.progress) each.progress = WholeProgress(sweep, options, directory);
    if (options.execute(directory, jobs_of(sweep), each) == Completion::kStopped) return false;
    directory.write_whole(kSweepFile, points_json(sweep));
    return true;
  };
  return write_results(sweep, options, write, prepare);
}

std::optional<std::vector<TrainedModel>> train_sweep(const Sweep& sweep, int threads, const StopToken& stop) {
  std::vector<TrainedModel> models;
  for (const Experiment& run : sweep.runs) {
    Trainer trainer(run.ensemble(), run.train, threads);
    auto trained = trainer.finish(stop);
    if (!trained) return std::nullopt;
    models.push_back(*std::move(trained));
  }
  return models;
}

SweepResults load_sweep_results(const Directory& directory) {
  Sweep sweep = std::get<Sweep>(expect_whole(directory, "sweep"));
  SweepResults results{.points = std::move(sweep.points), .runs = {}};
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const Directory run = Directory::open(sweep_run_path(i), &directory);
    results.runs.push_back(load_run(run));
    if (results.runs.back().experiment == sweep.runs[i]) continue;
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = (run / kExperimentFile).string()},
                          .expected = "the sweep's experiment",
                          .got = "another"});
  }
  return results;
}

SweepResults load_sweep_results(const fs::path& directory) {
  return load_sweep_results(Directory::open(directory));
}

}  // namespace superpose::store
