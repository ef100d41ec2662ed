#include <fmt/format.h>
#include <fmt/ranges.h>

#include "superpose/experiment/experiment.h"
#include "superpose/experiment/experiment_sets.h"
#include "superpose/experiment/toml_reader.h"

namespace superpose {
namespace {

std::string list(const std::vector<double>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const double number : numbers) texts.push_back(toml_float(number));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

struct ValuesText {
  std::string operator()(double number) const { return toml_float(number); }
  std::string operator()(const std::vector<double>& numbers) const { return list(numbers); }
  std::string operator()(const std::vector<std::vector<double>>& rows) const {
    std::string text = "[\n";
    for (const auto& row : rows) text += fmt::format("  {},\n", list(row));
    return text + "]";
  }
  std::string operator()(const Geometric& rule) const {
    return fmt::format("{{ geometric = {} }}", list({rule.first, rule.last}));
  }
  std::string operator()(const Linear& rule) const {
    return fmt::format("{{ linear = {} }}", list({rule.first, rule.last}));
  }
  std::string operator()(const Power& rule) const {
    return fmt::format("{{ power = {} }}", toml_float(rule.ratio));
  }
  std::string operator()(const PowerLaw& rule) const {
    return fmt::format("{{ power_law = {} }}", list({rule.first, rule.exponent}));
  }
};

std::string initialisation(const Initialisation& init) {
  return init.std ? fmt::format("{{ normal = {} }}", toml_float(*init.std)) : "\"xavier_normal\"";
}

std::string optimizer(const OptimizerOptions& options) {
  std::string text = fmt::format("optimizer = \"{}\"\n", name(options.kind));
  if (options.kind == OptimizerKind::kSgd) {
    text += fmt::format("momentum = {}\n", toml_float(options.momentum));
  } else {
    text +=
        fmt::format("betas = {}\neps = {}\n", list({options.beta1, options.beta2}), toml_float(options.eps));
  }
  return text + fmt::format("weight_decay = {}\n", toml_float(options.weight_decay));
}

}  // namespace

std::string to_toml(const Experiment& experiment) {
  const auto& [kind, shape, init] = experiment.model;
  const TrainOptions& train = experiment.train;
  std::string text = fmt::format("name = {}\n", toml_string(experiment.name));
  text +=
      fmt::format("\n[model]\nkind = \"{}\"\nn_features = {}\nn_hidden = {}\nn_instances = {}\ninit = {}\n",
                  name(kind), shape.n_features, shape.n_hidden, shape.n_instances, initialisation(init));
  text += fmt::format("\n[data]\nfeature_probability = {}\nimportance = {}\n",
                      std::visit(ValuesText(), experiment.data.feature_probability),
                      std::visit(ValuesText(), experiment.data.importance));
  const auto& [is_signed, sets] = experiment.data.distribution;
  text += fmt::format("values = \"{}\"\nsets = {}\n", is_signed ? "signed" : "uniform", sets_text(sets));
  text += fmt::format(
      "\n[train]\nsteps = {}\nbatch_size = {}\nlr = {}\nschedule = \"{}\"\n{}seed = {}\nrestarts = {}\n",
      train.steps, train.batch_size, toml_float(train.lr), name(train.schedule), optimizer(train.optimizer),
      train.seed, train.restarts);
  const auto& record = experiment.record;
  text += fmt::format("\n[record]\nevery = {}\nparameters = {}\nall_restarts = {}\n", record.every,
                      record.parameters, record.all_restarts);
  return text;
}

}  // namespace superpose
