#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "python/src/document.h"
#include "python/src/interpreter.h"
#include "python/src/trainable_run.h"
#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/core/threads.h"
#include "superpose/models/apply.h"
#include "superpose/run/metrics.h"
#include "superpose/store/available_memory.h"

namespace superpose::python {
namespace {

using namespace nb::literals;

std::size_t size(std::int64_t count) {
  return static_cast<std::size_t>(count);
}

/// (n_instances, n_features, n_hidden)
ArrayOut<float> weights(std::span<float> W, const Shape& shape, nb::handle owner) {
  return view(W, {shape.instances(), shape.features(), size(shape.n_hidden)}, owner);
}

/// (n_instances, n_features), read-only
ArrayOut<const float> table(const std::vector<float>& values, const Shape& shape, nb::handle owner) {
  return view(std::span(values), {shape.instances(), shape.features()}, owner);
}

/// hook(step, lr, loss) with loss (n_instances), the first restarts'.
Observer observer_of(const nb::object& hook, std::int64_t n_instances) {
  return [&hook, n_instances](const Observation& observation) {
    const nb::gil_scoped_acquire lock;
    const std::size_t restarts = observation.loss.size() / size(n_instances);
    std::vector<float> loss;
    for (std::size_t i = 0; i < size(n_instances); ++i) loss.push_back(observation.loss[i * restarts]);
    hook(observation.step, observation.lr, to_array(std::move(loss), {size(n_instances)}));
  };
}

/// Copies a batch that Python made to where the engine wants it.
void copy_batch(const nb::handle& array, std::span<float> to) {
  const auto from = nb::cast<ArrayIn<float>>(array);
  if (from.size() != to.size()) throw Error("a batch has the wrong size");
  std::ranges::copy(span_of(from), to.begin());
}

/// fill(step, batch_size, evaluation, seed, steps) -> (x, target or None), whose shapes and values are
/// checked in Python.
SampleSource source_of(nb::object fill, bool gives_targets) {
  const auto call = [fill = std::move(fill)](const BatchRequest& request, const TrainingFacts& facts,
                                             const Batch& batch) {
    const nb::gil_scoped_acquire lock;
    const auto made = nb::cast<nb::tuple>(
        fill(request.step, request.batch_size, request.evaluation, facts.seed, facts.steps));
    copy_batch(made[0], batch.x);
    if (!batch.target.empty()) copy_batch(made[1], batch.target);
  };
  return {.fill = call, .gives_targets = gives_targets};
}

Stream find_stream(const std::string& name) {
  if (name == "training") return Stream::kTraining;
  if (name == "evaluation") return Stream::kEvaluation;
  if (name == "caller") return Stream::kCaller;
  throw nb::value_error("stream: expected training, evaluation or caller");
}

ArrayOut<float> batch(const TrainableRun& self, std::uint32_t seed, const std::string& stream,
                      std::uint32_t number, std::int64_t n_samples) {
  const Shape& shape = self.run().model.shape();
  return to_array(self.batch(stream_key(seed, find_stream(stream)), number, n_samples),
                  {size(n_samples), shape.instances(), shape.features()});
}

/// Multiply-adds of a forward pass that take some milliseconds: a pass of fewer is not worth a second thread.
constexpr std::size_t kPartWork = 10'000'000;

/// x: (batch, n_instances, n_features), as checked in Python. returns: (batch, n_instances, width).
ArrayOut<float> forward(const TrainableRun& self, const ArrayIn<float>& x, bool to_hidden) {
  const Model& model = self.run().model;
  const Shape& shape = model.shape();
  const std::size_t sample = shape.instances() * shape.features(), batch = x.size() / sample;
  const std::size_t width = to_hidden ? size(shape.n_hidden) : shape.features();
  std::vector<float> out(batch * shape.instances() * width);
  const std::size_t part = std::max<std::size_t>(1, kPartWork / (2 * sample * size(shape.n_hidden)));
  const std::size_t parts = (batch + part - 1) / part;
  {
    Unlocked unlocked;
    ThreadPool(parts > 1 ? 0 : 1).run(parts, [&](std::size_t index, int thread) {
      if (thread == 0) unlocked.look();
      const std::size_t first = index * part, n = std::min(part, batch - first);
      const auto from = span_of(x).subspan(first * sample, n * sample);
      const auto to =
          std::span(out).subspan(first * shape.instances() * width, n * shape.instances() * width);
      to_hidden ? hidden(model, from, to) : apply(model, from, to);
    });
  }
  return to_array(std::move(out), {batch, shape.instances(), width});
}

/// An experiment's, as dicts.
using Sections = nb::typed<nb::dict, nb::str, nb::object>;

/// sections: "train" and "record", as those of an experiment file.
Options options_of(const TrainableRun& self, const nb::dict& sections) {
  const Shape& shape = self.run().model.shape();
  const std::string_view kind = name(self.run().model.kind());
  nb::dict model;  // decides what fits in memory
  model["kind"] = nb::str(kind.data(), kind.size());
  model["n_features"] = shape.n_features;
  model["n_hidden"] = shape.n_hidden;
  model["n_instances"] = shape.n_instances;
  const nb::dict all;
  for (const auto& [section, keys] : sections) all[section] = keys;
  all["model"] = model;
  const Experiment experiment = to_experiment(all);
  return {.train = experiment.train, .record = experiment.record};
}

void train(TrainableRun& self, const Sections& options, int threads, const nb::object& hook,
           std::int64_t hook_every, const nb::object& poll, const ArrayIn<double>& lr_factors, bool resume) {
  const auto factors = span_of(lr_factors);
  TrainingHooks hooks{.every = hook_every, .lr_factors = {factors.begin(), factors.end()}};
  if (!hook.is_none()) hooks.observe = observer_of(hook, self.run().model.shape().n_instances);
  if (!poll.is_none()) hooks.poll = [&poll](std::int64_t step) { poll(step); };
  self.train(options_of(self, options), threads, hooks, resume);
}

using Self = nb::handle_t<TrainableRun>;

run::Run& run_of(Self self) {
  return nb::cast<TrainableRun&>(self).run();
}

ArrayOut<float> W_of(Self self) {
  Model& model = run_of(self).model;
  return weights(model.W(), model.shape(), self);
}

std::optional<ArrayOut<float>> W2_of(Self self) {
  Model& model = run_of(self).model;
  if (model.W2().empty()) return std::nullopt;
  return weights(model.W2(), model.shape(), self);
}

ArrayOut<float> b_final_of(Self self) {
  Model& model = run_of(self).model;
  return view(model.b_final(), {model.shape().instances(), model.shape().features()}, self);
}

void bind_parameters(nb::class_<TrainableRun>& bound) {
  bound.def_prop_ro("W", &W_of, "(n_instances, n_features, n_hidden): W or W1; the engine's own memory.")
      .def_prop_ro("W2", &W2_of, "The same of W2, where there is one.")
      .def_prop_ro("b_final", &b_final_of, "(n_instances, n_features); the engine's own memory.")
      .def_prop_ro(
          "feature_probability",
          [](Self self) { return table(run_of(self).feature_probability, run_of(self).model.shape(), self); },
          "(n_instances, n_features); the engine's own memory, read-only.")
      .def_prop_ro(
          "importance",
          [](Self self) { return table(run_of(self).importance, run_of(self).model.shape(), self); },
          "(n_instances, n_features); the engine's own memory, read-only.")
      .def(
          "set_feature_probability",
          [](TrainableRun& self, const ArrayIn<float>& probability) {
            const auto values = span_of(probability);
            self.set_feature_probability({values.begin(), values.end()});
          },
          "probability"_a,
          "(n_instances, n_features): what a source of its own calls active; NaN: not known.");
}

/// W, then W2 where there is one, then b_final, of every model; nothing where there are none. shape: of each.
std::optional<std::vector<ArrayOut<float>>> parameters_of(const std::vector<Model>& models,
                                                          const Shape& shape) {
  if (models.empty()) return std::nullopt;
  std::vector<float> W, W2, b_final;
  for (const Model& model : models) {
    W.insert(W.end(), model.W().begin(), model.W().end());
    W2.insert(W2.end(), model.W2().begin(), model.W2().end());
    b_final.insert(b_final.end(), model.b_final().begin(), model.b_final().end());
  }
  std::vector<ArrayOut<float>> arrays;
  for (auto* matrix : {&W, &W2}) {
    if (matrix->empty()) continue;
    arrays.push_back(to_array(std::move(*matrix),
                              {models.size(), shape.instances(), shape.features(), size(shape.n_hidden)}));
  }
  arrays.push_back(to_array(std::move(b_final), {models.size(), shape.instances(), shape.features()}));
  return arrays;
}

std::optional<std::vector<ArrayOut<float>>> history_parameters(const TrainableRun& self) {
  return parameters_of(self.run().history.models, self.run().model.shape());
}

std::optional<std::vector<ArrayOut<float>>> restart_parameters(const TrainableRun& self) {
  return parameters_of(self.run().restart_models, self.run().model.shape());
}

ArrayOut<float> history_loss(const TrainableRun& self) {
  const History& history = self.run().history;
  return copy_to_array(history.loss, {history.rows(), self.run().model.shape().instances()});
}

std::optional<ArrayOut<float>> restart_loss(const TrainableRun& self) {
  const run::Run& run = self.run();
  if (run.restart_loss.empty()) return std::nullopt;
  const std::size_t n = run.model.shape().instances();
  return copy_to_array(run.restart_loss, {run.restart_loss.size() / n, n});
}

std::optional<ArrayOut<std::int64_t>> kept_restart(const TrainableRun& self) {
  const auto& kept = self.run().kept_restart;
  if (kept.empty()) return std::nullopt;
  return copy_to_array(kept, {kept.size()});
}

/// Arrays by the names that `superpose metrics` has for them.
using NamedArrays = nb::typed<nb::dict, nb::str, nb::ndarray<nb::numpy>>;
/// (outcome, restarts that settled in it, their lowest loss)
using OutcomeFields = std::tuple<std::string, std::int64_t, double>;

NamedArrays arrays_of(const run::Metrics& metrics) {
  NamedArrays arrays;
  const auto add = [&](const run::NamedMetric& metric) {
    std::vector<double> values(metric.values.begin(), metric.values.end());
    const Shape& shape = metrics.shape;
    const auto array = metric.of_features ? to_array(std::move(values), {shape.instances(), shape.features()})
                                          : to_array(std::move(values), {shape.instances()});
    arrays[nb::str(metric.name.data(), metric.name.size())] = nb::cast(array);
  };
  std::ranges::for_each(named_metrics(metrics), add);
  if (!metrics.restarts) return arrays;
  std::ranges::for_each(named_metrics(*metrics.restarts), add);
  const auto& kept = metrics.restarts->kept_restart;
  arrays["kept_restart"] = nb::cast(copy_to_array(kept, {kept.size()}));
  return arrays;
}

std::vector<std::vector<OutcomeFields>> outcomes_of(const run::Metrics& metrics) {
  std::vector<std::vector<OutcomeFields>> all;
  if (!metrics.restarts) return all;
  for (const auto& of_instance : metrics.restarts->outcomes) {
    std::vector<OutcomeFields> fields;
    for (const OutcomeCount& count : of_instance)
      fields.emplace_back(count.outcome, count.restarts, count.lowest_loss);
    all.push_back(std::move(fields));
  }
  return all;
}

/// loss: (n_instances), of the parameters as they are.
std::pair<NamedArrays, std::vector<std::vector<OutcomeFields>>> measure(const TrainableRun& self,
                                                                        const ArrayIn<float>& loss) {
  run::Run run = self.snapshot(/*with_parameters=*/false);
  run.loss = copy_of(loss);
  const auto metrics =
      stoppable([run = std::move(run)](const StopToken& /*stop*/) { return run::measure(run); });
  return {arrays_of(metrics), outcomes_of(metrics)};
}

void bind_results(nb::class_<TrainableRun>& bound) {
  const auto own = nb::rv_policy::reference;  // the arrays own their memory
  bound
      .def_prop_ro(
          "loss",
          [](const TrainableRun& self) -> std::optional<ArrayOut<float>> {
            const auto loss = self.loss();
            if (!loss) return std::nullopt;
            return copy_to_array(*loss, {loss->size()});
          },
          own, "(n_instances), on fresh data; None where not estimated since the parameters changed.")
      .def(
          "set_loss",
          [](TrainableRun& self, const ArrayIn<float>& loss) {
            const auto values = span_of(loss);
            self.set_loss({values.begin(), values.end()});
          },
          "loss"_a, "What was estimated of the parameters as they are.")
      .def_prop_ro(
          "history_step",
          [](const TrainableRun& self) {
            return copy_to_array(self.run().history.step, {self.run().history.rows()});
          },
          own, "(rows)")
      .def_prop_ro(
          "history_lr",
          [](const TrainableRun& self) {
            return copy_to_array(self.run().history.lr, {self.run().history.rows()});
          },
          own, "(rows)")
      .def_prop_ro("history_loss", &history_loss, own, "(rows, n_instances)")
      .def_prop_ro("history_parameters", &history_parameters, own,
                   "W, then W2 where there is one, then b_final, of every row; None unless recorded.")
      .def_prop_ro("recorded_parameters",
                   [](const TrainableRun& self) { return !self.run().history.models.empty(); })
      .def_prop_ro("restart_loss", &restart_loss, own, "(restarts, n_instances); None with one restart.")
      .def_prop_ro("restart_parameters", &restart_parameters, own,
                   "W, then W2 where there is one, then b_final, of every restart; None unless recorded.")
      .def_prop_ro("kept_restart", &kept_restart, own, "(n_instances); None with one restart.")
      .def("measure", &measure, "loss"_a,
           // nanobind's own signature leaves out the type of the arrays' numbers.
           nb::sig(
               "def measure(self, loss: NDArray[numpy.float32]) -> "
               "tuple[dict[str, NDArray[numpy.float64 | numpy.int64]], list[list[tuple[str, int, float]]]]"),
           "What `superpose metrics` prints: (arrays by name, [[(outcome, restarts, lowest loss)]]).");
}

}  // namespace

void bind_run(nb::module_& module) {
  nb::class_<TrainableRun> run(module, "Run", "A model, what it is trained on, and what became of it.");
  run.def(
         "__init__",
         [](TrainableRun* self, const std::string& toml) {
           new (self) TrainableRun(
               parse_experiment({.text = toml, .overrides = {}, .memory_limit = store::available_bytes()}));
         },
         "toml"_a, "Not trained: the weights that this experiment begins with.")
      .def(
          "__init__",
          [](TrainableRun* self, const Sections& sections) {
            new (self) TrainableRun(to_experiment(sections));
          },
          "sections"_a,
          "The same of its sections, {'model': {'n_features': 5, ...}, ...}; tables may be float64 arrays.")
      .def_prop_ro("toml", [](const TrainableRun& self) { return to_toml(self.run().experiment); })
      .def_prop_ro("name", [](const TrainableRun& self) { return self.run().experiment.name; })
      .def_prop_ro("kind",
                   [](const TrainableRun& self) { return std::string(name(self.run().model.kind())); })
      .def_prop_ro("seed", [](const TrainableRun& self) { return self.run().experiment.train.seed; })
      .def_prop_ro(
          "has_plain_data",
          [](const TrainableRun& self) {
            return self.run().experiment.data.distribution == DistributionOptions{};
          },
          "Whether features are independent and uniform on [0, 1] where active.")
      .def_prop_rw("trainings", &TrainableRun::trainings, &TrainableRun::set_trainings,
                   "How often it was trained.")
      .def_prop_ro("is_in_training", &TrainableRun::is_in_training)
      .def_prop_ro("n_instances",
                   [](const TrainableRun& self) { return self.run().model.shape().n_instances; })
      .def_prop_ro("n_features", [](const TrainableRun& self) { return self.run().model.shape().n_features; })
      .def_prop_ro("n_hidden", [](const TrainableRun& self) { return self.run().model.shape().n_hidden; })
      .def(
          "set_source",
          [](TrainableRun& self, nb::object fill, bool gives_targets) {
            self.set_source(source_of(std::move(fill), gives_targets));
          },
          "fill"_a, "gives_targets"_a,
          "Batches come from fill(step, batch_size, evaluation, seed, steps) -> (x, target or None) from now "
          "on.")
      .def("train", &train, "options"_a, "threads"_a, "hook"_a.none(), "hook_every"_a, "poll"_a.none(),
           "lr_factors"_a, "resume"_a,
           "Trains in place; hook(step, lr, loss) and poll(steps taken) are called on this thread.")
      .def_prop_ro("is_whole", &TrainableRun::is_whole, "Whether the last training came to its end.")
      .def_prop_ro("begun", &TrainableRun::begun,
                   "How many trainings have begun, those that go on among them.")
      .def_prop_ro("steps_taken", &TrainableRun::steps_taken,
                   "Of the last training, which the next one can go on from; None where there was none.")
      .def(
          "evaluate",
          [](TrainableRun& self, int threads) {
            std::vector<float> loss = self.evaluate(threads);
            const std::size_t n = loss.size();
            return to_array(std::move(loss), {n});
          },
          "threads"_a, "Estimates the loss on fresh data: (n_instances).", nb::rv_policy::reference)
      .def(
          "known_loss",
          [](TrainableRun& self, int threads) {
            std::vector<float> loss = self.known_loss(threads);
            const std::size_t n = loss.size();
            return to_array(std::move(loss), {n});
          },
          "threads"_a, "The loss, estimated where it is not known: (n_instances).", nb::rv_policy::reference)
      .def_prop_ro("has_loss_elsewhere", &TrainableRun::has_loss_elsewhere,
                   "Whether known_loss comes from a model that this is a part of.")
      .def("batch", &batch, "seed"_a, "stream"_a, "number"_a, "n_samples"_a,
           "Samples (n_samples, n_instances, n_features) of a stream: 'training', 'evaluation' or 'caller'.")
      .def("forward", &forward, "x"_a, "to_hidden"_a, "The output, or the hidden layer, for a batch.")
      .def(
          "choose",
          [](const TrainableRun& self, const std::vector<std::int64_t>& instances) {
            return self.choose(instances).release();
          },
          "instances"_a, "A run of those instances, without their source.", nb::rv_policy::take_ownership);
  bind_parameters(run);
  bind_results(run);
}

}  // namespace superpose::python
