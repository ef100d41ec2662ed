#include "superpose/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/kernels/backend.h"
#include "superpose/train/toy_models.h"
#include "superpose/train/training_loop.h"

namespace superpose {
namespace {

static_assert(kEvaluationSamples == kEvaluationBatch * kEvaluationBatches);

constexpr const char* kCount = "a whole number above 0";

template <class Got>
void expect(bool fits, const char* key, const std::string& expected, const Got& got) {
  if (!fits) throw InvalidRequest({.key = key, .expected = expected, .got = fmt::format("{}", got)});
}

/// Whether the engine, which computes in float32, takes it for a finite number of at least 0.
bool at_least_zero(double number) {
  return number >= 0 && number <= static_cast<double>(std::numeric_limits<float>::max());
}

void expect_at_least_zero(const char* key, double number) {
  expect(at_least_zero(number), key, "a finite number of at least 0", number);
}

void expect_decay(const char* key, double number) {
  expect(number >= 0 && number < 1, key, "a number of at least 0 and below 1", number);
}

/// What an optimiser does not use may have any value.
void check(const OptimizerOptions& optimizer) {
  if (optimizer.kind == OptimizerKind::kSgd) {
    expect_decay("momentum", optimizer.momentum);
  } else {
    expect_decay("beta1", optimizer.beta1);
    expect_decay("beta2", optimizer.beta2);
    expect(at_least_zero(optimizer.eps) && optimizer.eps > 0, "eps", "a finite number above 0",
           optimizer.eps);
  }
  expect_at_least_zero("weight_decay", optimizer.weight_decay);
}

void check(const TrainOptions& options) {
  expect(options.steps > 0 && options.steps <= 0xFFFFFFFFLL, "steps", "a whole number from 1 to 4294967295",
         options.steps);
  expect(options.batch_size > 0, "batch_size", kCount, options.batch_size);
  expect_at_least_zero("lr", options.lr);
  expect(options.restarts > 0 && options.restarts < kMaxRestarts, "restarts",
         fmt::format("a whole number from 1 to {}", kMaxRestarts - 1), options.restarts);
  check(options.optimizer);
}

void check(const Ensemble& ensemble) {
  const Shape& shape = ensemble.shape;
  const FeatureDistribution& data = ensemble.data;
  const std::string table = fmt::format("a table of {} x {}", shape.n_instances, shape.n_features);
  expect(shape.n_instances > 0, "n_instances", kCount, shape.n_instances);
  expect(shape.n_features > 0, "n_features", kCount, shape.n_features);
  expect(shape.n_hidden > 0, "n_hidden", kCount, shape.n_hidden);
  if (!ensemble.source.fill || !data.empty()) {
    expect(data.n_instances() == shape.n_instances && data.n_features() == shape.n_features,
           "feature_probability", table, fmt::format("{} x {}", data.n_instances(), data.n_features()));
  }
  expect(ensemble.importance.size() == shape.instances() * shape.features(), "importance", table,
         fmt::format("{} numbers", ensemble.importance.size()));
  const auto wrong = std::ranges::find_if_not(
      ensemble.importance, [](float weight) { return at_least_zero(static_cast<double>(weight)); });
  if (wrong != ensemble.importance.end()) {
    const auto at = wrong - ensemble.importance.begin();
    throw InvalidRequest({.key = "importance",
                          .expected = "finite numbers of at least 0",
                          .got = fmt::format("{} (instance {}, feature {})", *wrong, at / shape.n_features,
                                             at % shape.n_features)});
  }
  if (ensemble.init.std) expect_at_least_zero("init", *ensemble.init.std);
}

int check_threads(int threads) {
  expect(threads >= 0, "threads", "a whole number of at least 0", threads);
  return threads;
}

MemberRange check_members(const std::optional<MemberRange>& members, const Ensemble& ensemble,
                          const TrainOptions& options) {
  const MemberRange all{.begin = 0, .end = ensemble.shape.n_instances * options.restarts};
  if (!members) return all;
  if (members->begin < 0 || members->begin >= members->end || members->end > all.end) {
    throw InvalidRequest({.key = "members",
                          .expected = fmt::format("a part of [0, {})", all.end),
                          .got = fmt::format("[{}, {})", members->begin, members->end)});
  }
  return *members;
}

}  // namespace

double most_step_seconds(const Shape& members, std::int64_t batch_size, const kernels::BackEnd& back_end) {
  const kernels::Step step = describe_step(ModelKind::kReluOutput, members);
  return static_cast<double>(members.n_instances) *
         back_end.most(step, static_cast<std::size_t>(batch_size)).step_seconds;
}

double most_scratch_bytes(ModelKind kind, const Shape& members, std::int64_t batch_size,
                          const kernels::BackEnd& back_end) {
  const kernels::Step step = describe_step(kind, members);
  const auto bytes = [&](std::int64_t batch) {
    return back_end.most(step, static_cast<std::size_t>(batch)).scratch_bytes;
  };
  return std::max(bytes(batch_size), bytes(kEvaluationBatch));
}

struct Trainer::Impl {
  Impl(Ensemble the_ensemble, const TrainOptions& the_options, int threads,
       const std::optional<MemberRange>& the_members, const kernels::BackEnd& back_end)
      : ensemble((check(the_ensemble), std::move(the_ensemble))),
        options((check(the_options), the_options)),
        members(check_members(the_members, ensemble, options)),
        models(ensemble, options, members, check_threads(threads), back_end),
        loop(models, {.steps = options.steps, .lr = options.lr, .curve = curve(options.schedule)}) {}

  const Ensemble ensemble;
  const TrainOptions options;
  const MemberRange members;
  ToyModels models;
  TrainingLoop loop;
  std::function<void()> look;
};

Trainer::Trainer(Ensemble ensemble, const TrainOptions& options, int threads,
                 std::optional<MemberRange> members, const kernels::BackEnd& back_end)
    : impl_(std::make_unique<Impl>(std::move(ensemble), options, threads, members, back_end)) {}
Trainer::~Trainer() = default;

void Trainer::observe(std::int64_t every, Observer observer, bool wants_loss) {
  expect(observer != nullptr, "observe", "a function", "none");
  const auto show = [this, observer = std::move(observer)](const Progress& progress) {
    observer({.step = progress.step,
              .steps = progress.steps,
              .lr = progress.lr,
              .loss = progress.loss,
              .model = impl_->models.state().model});
  };
  impl_->loop.observe(every, show, wants_loss);
}

void Trainer::look_up(std::function<void()> look) {
  impl_->look = std::move(look);
}

void Trainer::scale_lr(std::vector<double> factors) {
  impl_->loop.scale_lr(std::move(factors));
}

bool Trainer::run(const StopToken& stop) {
  return run_until(impl_->options.steps, stop);
}

bool Trainer::run_until(std::int64_t step, const StopToken& stop) {
  return impl_->loop.run_until(step, {.stop = stop, .look = impl_->look});
}

const Ensemble& Trainer::ensemble() const {
  return impl_->ensemble;
}
const TrainOptions& Trainer::options() const {
  return impl_->options;
}
const MemberRange& Trainer::members() const {
  return impl_->members;
}
const TrainerState& Trainer::state() const {
  return impl_->models.state();
}

std::optional<Observation> Trainer::last_step() const {
  const auto last = impl_->loop.last();
  if (!last) return std::nullopt;
  return Observation{.step = last->step,
                     .steps = last->steps,
                     .lr = last->lr,
                     .loss = last->loss,
                     .model = impl_->models.state().model};
}

void Trainer::restore(TrainerState state) {
  const TrainerState& mine = this->state();
  if (state.model.kind() != mine.model.kind() || state.model.shape() != mine.model.shape() ||
      state.moments.size() != mine.moments.size() || state.step < 0 || state.step > impl_->options.steps) {
    throw InvalidRequest({.key = "restore",
                          .expected = "a state of this trainer's kind, shape and steps",
                          .got = "another's"});
  }
  impl_->models.set_state(std::move(state));
}

std::vector<float> Trainer::evaluate() {
  return evaluate(StopToken()).value();  // NOLINT(bugprone-unchecked-optional-access): nobody asks it to stop
}

std::optional<std::vector<float>> Trainer::evaluate(const StopToken& stop) {
  return impl_->models.evaluate({.stop = stop, .look = impl_->look});
}

TrainedModel Trainer::result() {
  return result(StopToken()).value();  // NOLINT(bugprone-unchecked-optional-access): nobody asks it to stop
}

std::optional<TrainedModel> Trainer::result(const StopToken& stop) {
  const std::int64_t restarts = impl_->options.restarts;
  const MemberRange& members = impl_->members;
  if (members.begin % restarts != 0 || members.end % restarts != 0) {
    throw InvalidRequest({.key = "result",
                          .expected = fmt::format("all {} restarts of each instance", restarts),
                          .got = fmt::format("members [{}, {})", members.begin, members.end)});
  }
  const auto losses = evaluate(stop);
  if (!losses) return std::nullopt;
  return keep_best_restarts(state().model, *losses, restarts);
}

std::optional<TrainedModel> Trainer::finish(const StopToken& stop) {
  if (!run(stop)) return std::nullopt;
  return result(stop);
}

}  // namespace superpose
