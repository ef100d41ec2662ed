#include "superpose/paper/dynamics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "superpose/analysis/metrics.h"
#include "superpose/analysis/polytopes.h"
#include "superpose/core/order_statistics.h"
#include "superpose/core/portable_math.h"
#include "superpose/paper/entries.h"
#include "superpose/paper/predicates.h"
#include "superpose/train/history.h"

namespace superpose::paper {
namespace {

// The main run has uniform features that end in digons. Its companion has two correlated sets that end in an
// octahedron.
constexpr const char* kToml = R"(name = "dynamics"

[model]
kind        = "relu_output"
n_features  = 80
n_hidden    = 10
n_instances = 6

[data]
feature_probability = 0.3

[train]
steps      = 8000
batch_size = 4096
lr         = 1e-3

[record]
every      = 10
parameters = true
)";
constexpr const char* kTwoSets = "data.sets=[{ correlated = [0, 1, 2] }, { correlated = [3, 4, 5] }]";

constexpr std::int64_t kSeeds = 12, kQuickSeeds = 4;           // models of digons
constexpr std::int64_t kSetsSeeds = 20, kQuickSetsSeeds = 10;  // models of the octahedron
constexpr std::int64_t kRows = 160;

/// The courses of several trainings.
struct Watched {
  std::vector<Course> courses;  // (instances)
  Model model;                  // after training
};

std::optional<Watched> watch(const ClaimsRequest& request, const Experiment& experiment) {
  Trainer trainer(experiment.ensemble(), experiment.train, request.threads);
  History history;
  trainer.observe(
      std::max<std::int64_t>(1, experiment.train.steps / kRows),
      [&](const Observation& observation) { history.record_with_parameters(observation); },
      /*wants_loss=*/false);
  if (!trainer.run(request.stop)) return std::nullopt;

  Watched watched{.courses = std::vector<Course>(experiment.model.shape.instances()),
                  .model = trainer.state().model};
  const Shape one = experiment.model.shape.of_one_instance();
  TrainerState state = trainer.state();
  for (const Model& model : history.models) {
    state.model = model;
    trainer.restore(state);
    const auto loss = trainer.evaluate();
    for (std::size_t i = 0; i < watched.courses.size(); ++i) {
      watched.courses[i].loss.push_back(static_cast<double>(loss[i]));
      watched.courses[i].dimensionality.push_back(dimensionality(model.W(i), one));
    }
  }
  return watched;
}

bool all_finite(const Model& model) {
  for (std::int64_t i = 0; i < model.shape().n_instances; ++i) {
    if (!is_finite(model, i)) return false;
  }
  return true;
}

/// The share of the represented features that lie in digons.
double share_in_digons(std::span<const float> W, std::int64_t n_hidden) {
  std::size_t inside = 0, all = 0;
  for (const Component& component : components(W, n_hidden)) {
    all += component.features.size();
    if (component.shape.polytope == Polytope::kDigon) inside += component.features.size();
  }
  return all == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(all);
}

Claims claims_of_digons(const Watched& watched) {
  const std::int64_t seeds = std::ssize(watched.courses);
  double digons = 0;
  for (std::int64_t i = 0; i < seeds; ++i)
    digons += share_in_digons(watched.model.W(i), watched.model.shape().n_hidden);
  digons /= static_cast<double>(seeds);
  const bool finite = all_finite(watched.model);
  Claims claims = {{.claim = "uniform features end as antipodal pairs",
                    .criterion = at_least(kNearlyAlways, "of the represented features, on average"),
                    .measured = finite ? digons : NAN,
                    .seeds = seeds}};
  std::ranges::move(jump_claims(watched.courses, finite), std::back_inserter(claims));
  return claims;
}

Claims claims_of_sets(const Watched& watched) {
  const std::int64_t seeds = std::ssize(watched.courses);
  constexpr int kStages = 2;
  std::int64_t octahedra = 0, across = 0, staged = 0;
  for (std::size_t i = 0; i < watched.courses.size(); ++i) {
    octahedra += is_octahedron(watched.model.W(i)) ? 1 : 0;
    across += antipodes_are_in_different_sets(watched.model.W(i)) ? 1 : 0;
    staged += count_drops(watched.courses[i].loss) >= kStages ? 1 : 0;
  }
  const bool finite = all_finite(watched.model);
  const auto claim = [&](std::string text, std::int64_t count) {
    return Claim{.claim = std::move(text),
                 .criterion = at_least(kNearlyAlways, "of the models"),
                 .measured = share(count, seeds, finite),
                 .seeds = seeds};
  };
  return {claim("two correlated sets of three, in three dimensions, end as an octahedron", octahedra),
          claim("its antipodes lie in different sets", across),
          claim(fmt::format("the way there has stages: the loss falls in {} separate drops or more", kStages),
                staged)};
}

std::optional<Claims> measure(const ClaimsRequest& request) {
  Experiment digons = request.experiment;
  const auto& model = digons.model;
  // The claims are about uniform features, too many for antipodal pairs alone.
  if (model.kind != ModelKind::kReluOutput || !digons.data.distribution.sets.empty() ||
      model.shape.n_features <= 2 * model.shape.n_hidden)
    return Claims();
  digons.model.shape.n_instances = request.quick ? kQuickSeeds : kSeeds;
  digons.train.seed += 1;  // so that the claims rest on other trainings than the picture
  digons.train.restarts = 1;
  const auto of_digons = watch(request, digons);
  if (!of_digons) return std::nullopt;

  const CatalogueEntry entry = dynamics();
  const ExperimentSource source{
      .text = entry.toml, .file = entry.name, .overrides = entry.companions[0].overrides};
  Experiment sets = parse_experiment(source);
  sets.model.shape.n_instances = request.quick ? kQuickSetsSeeds : kSetsSeeds;
  sets.train = digons.train;
  const auto of_sets = watch(request, sets);
  if (!of_sets) return std::nullopt;

  auto claims = claims_of_digons(*of_digons);
  std::ranges::move(claims_of_sets(*of_sets), std::back_inserter(claims));
  return claims;
}

}  // namespace

Claims jump_claims(std::span<const Course> courses, bool finite) {
  std::vector<double> durations;
  FallOfLoss fall;
  for (const Course& course : courses) {
    const auto own = jump_durations(course);
    durations.insert(durations.end(), own.begin(), own.end());
    fall.add(course);
  }
  const std::string_view without_number = finite ? kNothingToMeasure : kDiverged;
  constexpr double kShort = 0.15, kFaster = 3;
  return {{.claim = fmt::format("their dimensionalities jump from level to level: after a quarter of the "
                                "training, {} do",
                                durations.size()),
           .criterion = at_most(kShort, "of the training for a jump, in the median"),
           .measured = finite ? median(durations) : NAN,
           .seeds = std::ssize(courses),
           .without_number = without_number},
          {.claim = "the loss drops when they jump",
           .criterion = at_least(kFaster, "times as fast then as on average"),
           .measured = finite ? fall.ratio() : NAN,
           .seeds = std::ssize(courses),
           .without_number = without_number}};
}

std::vector<double> jump_durations(const Course& course) {
  std::vector<double> durations;
  const std::size_t begin = course.settled();
  const std::size_t n = course.dimensionality.front().size();
  for (std::size_t f = 0; f < n; ++f) {
    const double from = course.dimensionality[begin][f];
    const double height = course.dimensionality.back()[f] - from;
    if (!(std::abs(height) > kJump)) continue;
    std::size_t between = 0;
    for (std::size_t row = begin; row < course.rows(); ++row) {
      const double way = (course.dimensionality[row][f] - from) / height;
      if (way > 0.2 && way < 0.8) ++between;
    }
    durations.push_back(static_cast<double>(between) / static_cast<double>(course.rows()));
  }
  return durations;
}

void FallOfLoss::add(const Course& course) {
  for (std::size_t row = course.settled(); row + 1 < course.rows(); ++row) {
    double movement = 0;
    for (std::size_t f = 0; f < course.dimensionality[row].size(); ++f) {
      movement =
          std::max(movement, std::abs(course.dimensionality[row + 1][f] - course.dimensionality[row][f]));
    }
    const double fall = course.loss[row] - course.loss[row + 1];
    overall += fall;
    ++rows;
    if (movement > kMoving) {
      while_moving += fall;
      ++rows_moving;
    }
  }
}

double FallOfLoss::ratio() const {
  if (rows_moving == 0 || !(overall > 0)) return std::numeric_limits<double>::quiet_NaN();
  return (while_moving / static_cast<double>(rows_moving)) / (overall / static_cast<double>(rows));
}

int count_drops(std::span<const double> loss) {
  std::vector<double> log_loss;
  log_loss.reserve(loss.size());
  for (const double value : loss) log_loss.push_back(portable::log(value));
  constexpr double kDone = 0.95;
  const double all = log_loss.front() - log_loss.back();
  if (!(all > 0)) return 0;
  std::size_t end = 1;
  while (end + 1 < loss.size() && log_loss.front() - log_loss[end] < kDone * all) ++end;
  const double average = (log_loss.front() - log_loss[end]) / static_cast<double>(end);

  int drops = 1;
  double fastest = 0, slowest = 0;  // pace of this drop, and pace since it began to end
  bool ending = false;
  for (std::size_t row = 0; row < end; ++row) {
    const double speed = log_loss[row] - log_loss[row + 1];
    if (ending && speed > std::max(2 * slowest, average / 2)) {
      ++drops;
      ending = false;
      fastest = speed;
    } else if (ending) {
      slowest = std::min(slowest, speed);
    } else if (speed < fastest / 2) {
      ending = true;
      slowest = speed;
    } else {
      fastest = std::max(fastest, speed);
    }
  }
  return drops;
}

bool is_octahedron(std::span<const float> W) {
  const std::vector<double> vectors(W.begin(), W.end());
  return recognise(vectors, 3).polytope == Polytope::kOctahedron;
}

bool antipodes_are_in_different_sets(std::span<const float> W) {
  const auto pairs = Geometry(W, 3).antipodal_pairs();
  return pairs.size() == 3 &&
         std::ranges::all_of(pairs, [](const auto& pair) { return pair.first < 3 && pair.second >= 3; });
}

CatalogueEntry dynamics() {
  return {.name = "dynamics",
          .summary = "how learning goes: jumps between levels, and stages on the way to an octahedron",
          .toml = kToml,
          .quick = {"model.n_instances=4", "train.batch_size=1024"},
          .companions = {{.directory = "octahedron",
                          .overrides = {"name=octahedron", "model.n_features=6", "model.n_hidden=3",
                                        "model.init={ normal = 0.01 }", "data.feature_probability=0.1",
                                        kTwoSets}}},
          .figures = {"dynamics", "animation"},
          .measure = measure};
}

}  // namespace superpose::paper
