#include "superpose/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/portable_math.h"
#include "superpose/core/random.h"
#include "superpose/core/threads.h"
#include "superpose/kernels/engine.h"
#include "superpose/train/optimizer_update.h"
#include "superpose/train/shares.h"

namespace superpose {
namespace {

/// Samples of one batch of the final evaluation.
constexpr std::int64_t kEvaluationBatch = 1024;

/// Cycles of work between two looks at the stop flag: about a tenth of a second on one core.
constexpr double kStretchCycles = 3e8;

/// A stretch has at least so many steps, unless they take more cycles than that: a second on one core.
constexpr double kFewSteps = 16;
constexpr double kLongestCycles = 3.5e9;

/// With so many members a thread, they are handed out whole, in blocks.
constexpr std::size_t kManyMembers = 64;
constexpr std::size_t kBlocksPerThread = 256;

/// Most steps of a stretch: each has its coefficients in memory.
constexpr std::int64_t kLongestStretch = 4096;

Shape member_shape(const Shape& shape, std::int64_t restarts) {
  return {.n_instances = shape.n_instances * restarts,
          .n_features = shape.n_features,
          .n_hidden = shape.n_hidden};
}

/// One thread a member at most: each has scratch memory of its own.
int useful_threads(int threads, const Shape& members) {
  const int wanted = threads > 0 ? threads : hardware_threads();
  return static_cast<int>(std::min<std::int64_t>(wanted, members.n_instances));
}

void check(const Ensemble& ensemble, const TrainOptions& options) {
  const auto expect = [](bool fits, std::string_view what, auto got) {
    if (!fits) throw InvalidRequest(fmt::format("{}, got {}", what, got));
  };
  const Shape& shape = ensemble.shape;
  expect(shape.n_instances > 0, "n_instances: expected a whole number above 0", shape.n_instances);
  expect(shape.n_features > 0, "n_features: expected a whole number above 0", shape.n_features);
  expect(shape.n_hidden > 0, "n_hidden: expected a whole number above 0", shape.n_hidden);
  expect(ensemble.data.n_instances() == shape.n_instances && ensemble.data.n_features() == shape.n_features,
         fmt::format("feature_probability: expected a table of {} x {}", shape.n_instances, shape.n_features),
         fmt::format("{} x {}", ensemble.data.n_instances(), ensemble.data.n_features()));
  expect(ensemble.importance.size() == shape.instances() * shape.features(),
         fmt::format("importance: expected a table of {} x {}", shape.n_instances, shape.n_features),
         fmt::format("{} numbers", ensemble.importance.size()));
  expect(options.steps > 0 && options.steps <= 0xFFFFFFFFLL,
         "steps: expected a whole number from 1 to 4294967295", options.steps);
  expect(options.batch_size > 0, "batch_size: expected a whole number above 0", options.batch_size);
  expect(options.restarts > 0 && options.restarts < kMaxRestarts,
         fmt::format("restarts: expected a whole number from 1 to {}", kMaxRestarts - 1), options.restarts);
}

}  // namespace

double most_step_cycles(const Shape& members, std::int64_t batch_size) {
  const std::int64_t tiles = (batch_size + kSamplesPerTile - 1) / kSamplesPerTile;
  return static_cast<double>(members.n_instances) *
         kernels::step_cycles({.n_features = members.features(),
                               .n_hidden = static_cast<std::size_t>(members.n_hidden),
                               .batch_size = static_cast<std::size_t>(tiles * kSamplesPerTile)});
}

double most_scratch_bytes(ModelKind kind, const Shape& members, std::int64_t batch_size) {
  std::size_t floats = 0;
  for (const std::int64_t batch : {batch_size, kEvaluationBatch}) {
    // Sparsity decides the way that a step goes, and so what it needs: 0 is dense, then ever sparser.
    for (int sparsity = 0; sparsity < 70; ++sparsity) {
      const float gap_scale = sparsity == 0 ? 0.0F : static_cast<float>(6.5 * portable::power(1.2, sparsity));
      floats =
          std::max(floats, kernels::scratch_floats({.n_features = members.features(),
                                                    .n_hidden = static_cast<std::size_t>(members.n_hidden),
                                                    .batch_size = static_cast<std::size_t>(batch),
                                                    .tied = parts(kind).tied,
                                                    .gap_scale = gap_scale}));
    }
  }
  return static_cast<double>(floats) * sizeof(float);
}

struct Trainer::Impl {
  struct Subscription {
    std::int64_t every;
    Observer observer;
    bool wants_loss;
  };

  Impl(Ensemble the_ensemble, const TrainOptions& the_options, int threads)
      : ensemble(std::move(the_ensemble)),
        options((check(ensemble, the_options), the_options)),
        shape(member_shape(ensemble.shape, options.restarts)),
        state{.step = 0,
              .model = Model(ensemble.kind, shape),
              .moments = AlignedBuffer<float>(shape.instances() * 2 *
                                              parameters_per_instance(ensemble.kind, shape))},
        loss(shape.instances()),
        step_cost(shape.instances()),
        pool(useful_threads(threads, shape)),
        scratch(static_cast<std::size_t>(pool.size())) {
    if (ensemble.source.fill) make_room(std::max(options.batch_size, kEvaluationBatch));
    std::size_t floats = 0;
    for (std::int64_t member = 0; member < shape.n_instances; member += options.restarts) {
      const auto training = describe(member, options.batch_size, {});
      floats = std::max(floats, kernels::scratch_floats(training));
      floats = std::max(floats, kernels::scratch_floats(describe(member, kEvaluationBatch, {})));
      std::fill_n(step_cost.begin() + member, options.restarts, kernels::step_cycles(training));
    }
    by_cost.resize(step_cost.size());
    std::iota(by_cost.begin(), by_cost.end(), 0U);
    std::ranges::sort(by_cost, [&](std::size_t a, std::size_t b) {  // neighbours stay neighbours in memory
      return step_cost[a] != step_cost[b] ? step_cost[a] > step_cost[b] : a < b;
    });
    for (auto& memory : scratch) memory = AlignedBuffer<float>(floats);
    const double std = ensemble.init.standard_deviation(ensemble.shape);
    for (std::int64_t member = 0; member < shape.n_instances; ++member) {
      InitialisationKey start{.seed = options.seed,
                              .restart = restart_of(member),
                              .instance = static_cast<std::uint32_t>(instance_of(member))};
      initialise(state.model.W(member), std, start);
      start.matrix = 1;
      initialise(state.model.W2(member), std, start);
    }
  }

  /// For the samples of a source.
  void make_room(std::int64_t batch_size) {
    const std::size_t size =
        static_cast<std::size_t>(batch_size) * ensemble.shape.instances() * ensemble.shape.features();
    given_x = AlignedBuffer<float>(size);
    if (ensemble.source.gives_targets) given_target = AlignedBuffer<float>(size);
  }

  /// Gets samples from the source, if there is one.
  void fetch(const BatchRequest& request) {
    if (!ensemble.source.fill) return;
    const std::size_t size =
        static_cast<std::size_t>(request.batch_size) * ensemble.shape.instances() * ensemble.shape.features();
    ensemble.source.fill(request, {.x = given_x.span().first(size),
                                   .target = given_target.span().first(std::min(size, given_target.size()))});
  }

  [[nodiscard]] std::int64_t instance_of(std::int64_t member) const { return member / options.restarts; }
  [[nodiscard]] std::int64_t restart_of(std::int64_t member) const { return member % options.restarts; }

  /// Parameters of a member, to be read.
  [[nodiscard]] kernels::ConstantParameters parameters(std::int64_t member) const {
    return {.W = state.model.W(member).data(),
            .W2 = state.model.W2(member).data(),
            .b_final = state.model.b_final(member).data()};
  }

  /// The loss of every member on a source's samples, a batch after the other.
  std::vector<float> evaluate_on_given(const std::function<void()>& look) {
    constexpr std::int64_t kBatches = kEvaluationSamples / kEvaluationBatch;
    std::vector<double> sum(shape.instances());
    for (std::int64_t batch = 0; batch < kBatches; ++batch) {
      fetch({.step = batch, .batch_size = kEvaluationBatch, .evaluation = true});
      pool.run(sum.size(), [&](std::size_t index, int thread) {
        if (look && thread == 0) look();
        const auto member = static_cast<std::int64_t>(index);
        sum[index] += kernels::evaluate(describe(member, kEvaluationBatch, {}), parameters(member), 1,
                                        scratch[static_cast<std::size_t>(thread)].span());
      });
    }
    std::vector<float> mean;
    for (const double total : sum) mean.push_back(static_cast<float>(total / kBatches));
    return mean;
  }

  /// What the engine needs to know of a member, with samples from that stream.
  [[nodiscard]] kernels::Instance describe(std::int64_t member, std::int64_t batch_size,
                                           philox::Key key) const {
    const std::int64_t instance = instance_of(member);
    const KindParts kind = parts(ensemble.kind);
    const std::size_t first_feature = static_cast<std::size_t>(instance) * shape.features();
    const auto given = [&](const AlignedBuffer<float>& samples) {
      return samples.size() == 0 ? nullptr : samples.data() + first_feature;
    };
    return {.n_features = shape.features(),
            .n_hidden = static_cast<std::size_t>(shape.n_hidden),
            .batch_size = static_cast<std::size_t>(batch_size),
            .tied = kind.tied,
            .hidden = kind.hidden,
            .output = kind.output,
            .absolute_target = kind.absolute_target,
            .key = key,
            .id = static_cast<std::uint32_t>(instance),
            .last_active = ensemble.data.leaves().last_active(instance).data(),
            .scale = ensemble.data.leaves().scale(instance).data(),
            .gap_scale = ensemble.data.leaves().gap_scale(instance),
            .signed_values = ensemble.data.is_signed(),
            .decisions = ensemble.data.decisions(instance),
            .n_slots = ensemble.data.n_slots(),
            .slot = ensemble.data.slots().data(),
            .importance = ensemble.importance.data() + first_feature,
            .x = given(given_x),
            .target = given(given_target),
            .x_stride = ensemble.shape.instances() * shape.features()};
  }

  /// Every member's n steps from state.step on; one where samples are given.
  void advance(std::int64_t n, bool want_loss) {
    fetch({.step = state.step, .batch_size = options.batch_size});
    std::vector<kernels::Update> updates;
    updates.reserve(static_cast<std::size_t>(n));
    for (std::int64_t step = state.step; step < state.step + n; ++step) {
      updates.push_back(make_update(options.optimizer, lr(step), step));
    }

    const std::size_t members = shape.instances();
    const auto threads = static_cast<std::size_t>(pool.size());
    if (members >= kManyMembers * threads) {
      const std::size_t block = std::max<std::size_t>(1, members / (kBlocksPerThread * threads));
      pool.run((members + block - 1) / block, [&](std::size_t index, int thread) {
        const std::size_t end = std::min(members, (index + 1) * block);
        for (std::size_t i = index * block; i < end; ++i) train(by_cost[i], 0, updates, want_loss, thread);
      });
    } else {
      Shares shares(step_cost, updates.size(), pool.size());
      pool.run(threads, [&](std::size_t, int thread) {
        while (const auto share = shares.take()) {
          const auto part = std::span(updates).subspan(share->begin, share->end - share->begin);
          train(share->member, share->begin, part, want_loss && share->end == updates.size(), thread);
          shares.give_back(*share);
        }
      });
    }
    state.step += n;
  }

  /// A member's steps with those updates, the first one `skipped` steps after state.step.
  void train(std::size_t member, std::size_t skipped, std::span<const kernels::Update> updates,
             bool want_loss, int thread) noexcept {
    const auto m = static_cast<std::int64_t>(member);
    const auto key = stream_key(options.seed, Stream::kTraining, restart_of(m));
    kernels::train(
        describe(m, options.batch_size, key),
        {.W = state.model.W(m).data(),
         .W2 = state.model.W2(m).data(),
         .b_final = state.model.b_final(m).data(),
         .moments = state.moments.data() + member * 2 * parameters_per_instance(ensemble.kind, shape)},
        static_cast<std::uint32_t>(state.step) + static_cast<std::uint32_t>(skipped), updates,
        want_loss ? &loss[member] : nullptr, scratch[static_cast<std::size_t>(thread)].span());
  }

  [[nodiscard]] double lr(std::int64_t step) const {
    const double factor = lr_factors.empty() ? schedule_factor(options.schedule, step, options.steps)
                                             : lr_factors[static_cast<std::size_t>(step)];
    return options.lr * factor;
  }

  /// Whether that step is one that the subscription sees.
  [[nodiscard]] bool seen(const Subscription& subscription, std::int64_t step) const {
    return step % subscription.every == 0 || step + 1 == options.steps;
  }

  [[nodiscard]] bool loss_wanted(std::int64_t step) const {
    return std::ranges::any_of(subscriptions, [&](const Subscription& subscription) {
      return subscription.wants_loss && seen(subscription, step);
    });
  }

  /// The first step from `step` on that anybody sees; the last step if nobody does.
  [[nodiscard]] std::int64_t next_seen(std::int64_t step) const {
    std::int64_t next = options.steps - 1;
    for (const auto& subscription : subscriptions) {
      next = std::min(next, (step + subscription.every - 1) / subscription.every * subscription.every);
    }
    return next;
  }

  /// Steps that take about kStretchCycles; some more where members are so many that each of them would have
  /// to be fetched from memory for a step or two.
  [[nodiscard]] std::int64_t stretch() const {
    if (ensemble.source.fill) return 1;
    const double work = std::accumulate(step_cost.begin(), step_cost.end(), 0.0);
    const double steps = std::max(kStretchCycles / work, std::min(kFewSteps, kLongestCycles / work));
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(steps), 1, kLongestStretch);
  }

  Ensemble ensemble;
  TrainOptions options;
  Shape shape;  ///< of the model in training: n_instances * restarts members
  TrainerState state;
  std::vector<float> loss;                     ///< (members), of the last observed step
  std::vector<double> lr_factors;              ///< (steps), or empty: the schedule's
  AlignedBuffer<float> given_x, given_target;  ///< of one batch, see Batch; empty where samples are drawn
  std::vector<Subscription> subscriptions;
  std::vector<double> step_cost;     ///< (members), cycles
  std::vector<std::size_t> by_cost;  ///< (members), the dearest first
  ThreadPool pool;
  std::vector<AlignedBuffer<float>> scratch;  ///< one a thread
};

Trainer::Trainer(Ensemble ensemble, const TrainOptions& options, int threads)
    : impl_(std::make_unique<Impl>(std::move(ensemble), options, threads)) {}
Trainer::~Trainer() = default;

void Trainer::observe(std::int64_t every, Observer observer, bool wants_loss) {
  if (every <= 0)
    throw InvalidRequest(fmt::format("observe: expected a number of steps above 0, got {}", every));
  impl_->subscriptions.push_back({every, std::move(observer), wants_loss});
}

void Trainer::scale_lr(std::vector<double> factors) {
  if (std::ssize(factors) != impl_->options.steps) {
    throw InvalidRequest(fmt::format("scale_lr: expected a factor for each of {} steps, got {}",
                                     impl_->options.steps, factors.size()));
  }
  for (const double factor : factors) {
    if (!(std::isfinite(factor) && factor >= 0))
      throw InvalidRequest(fmt::format("scale_lr: expected finite factors >= 0, got {}", factor));
  }
  impl_->lr_factors = std::move(factors);
}

bool Trainer::run(const StopToken& stop) {
  return run([&stop] { return stop.stop_requested(); });
}

bool Trainer::run(const std::function<bool()>& wants_stop) {
  Impl& impl = *impl_;
  const std::int64_t longest = impl.stretch();
  while (impl.state.step < impl.options.steps) {
    if (wants_stop()) return false;
    const std::int64_t seen = impl.next_seen(impl.state.step);
    const std::int64_t n = std::min(longest, seen + 1 - impl.state.step);
    const bool observed = impl.state.step + n == seen + 1;
    const bool with_loss = observed && impl.loss_wanted(seen);
    impl.advance(n, with_loss);
    if (!observed) continue;
    const Observation observation{
        .step = seen,
        .steps = impl.options.steps,
        .lr = impl.lr(seen),
        .loss = with_loss ? std::span<const float>(impl.loss) : std::span<const float>(),
        .model = impl.state.model};
    for (const auto& subscription : impl.subscriptions) {
      if (impl.seen(subscription, seen)) subscription.observer(observation);
    }
  }
  return true;
}

const Ensemble& Trainer::ensemble() const {
  return impl_->ensemble;
}
const TrainOptions& Trainer::options() const {
  return impl_->options;
}
const TrainerState& Trainer::state() const {
  return impl_->state;
}

void Trainer::restore(TrainerState state) {
  const TrainerState& mine = impl_->state;
  if (state.model.kind() != mine.model.kind() || state.model.shape() != mine.model.shape() ||
      state.moments.size() != mine.moments.size() || state.step < 0 || state.step > impl_->options.steps) {
    throw InvalidRequest("restore: expected a state of this trainer's kind, shape and steps, got another's");
  }
  impl_->state = std::move(state);
}

std::vector<float> Trainer::evaluate(const std::function<void()>& look) {
  Impl& impl = *impl_;
  std::vector<float> result(impl.shape.instances());
  const auto key = stream_key(impl.options.seed, Stream::kEvaluation);
  if (look) look();  // this thread may get no member to evaluate
  if (impl.ensemble.source.fill) return impl.evaluate_on_given(look);
  impl.pool.run(result.size(), [&](std::size_t index, int thread) {
    if (look && thread == 0) look();
    const auto member = static_cast<std::int64_t>(index);
    result[index] = static_cast<float>(kernels::evaluate(
        impl.describe(member, kEvaluationBatch, key), impl.parameters(member),
        kEvaluationSamples / kEvaluationBatch, impl.scratch[static_cast<std::size_t>(thread)].span()));
  });
  return result;
}

TrainedModel Trainer::result(const std::function<void()>& look) {
  const Shape& shape = impl_->ensemble.shape;
  const std::int64_t restarts = impl_->options.restarts;
  const std::vector<float> losses = evaluate(look);
  const auto better = [](float a, float b) {
    return std::isfinite(a) && !(a >= b);
  };  // any finite beats NaN, infinity

  std::vector<std::int64_t> members;
  TrainedModel trained{.model = Model(impl_->ensemble.kind, shape), .loss = {}, .kept_restart = {}};
  for (std::int64_t r = 0; r < restarts; ++r) {
    for (std::int64_t i = 0; i < shape.n_instances; ++i)
      trained.restart_loss.push_back(losses[static_cast<std::size_t>(i * restarts + r)]);
  }
  for (std::int64_t i = 0; i < shape.n_instances; ++i) {
    const auto* const first = losses.data() + i * restarts;
    const auto* const best = std::min_element(first, first + restarts, better);
    members.push_back(best - losses.data());
    trained.loss.push_back(*best);
    trained.kept_restart.push_back(best - first);
  }
  trained.model = choose_instances(impl_->state.model, members);
  return trained;
}

std::optional<TrainedModel> Trainer::finish(const StopToken& stop) {
  if (!run(stop)) return std::nullopt;
  struct Stopped {};
  try {
    return result([&stop] {
      if (stop.stop_requested()) throw Stopped();
    });
  } catch (const Stopped&) {
    return std::nullopt;
  }
}

}  // namespace superpose
