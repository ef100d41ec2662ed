#include "superpose/train/toy_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/core/floating_point.h"
#include "superpose/core/random.h"
#include "superpose/train/optimizer_update.h"

namespace superpose {
namespace {

/// The shape of a model of the members of a range.
Shape shape_of(const Shape& shape, const MemberRange& members) {
  return {.n_instances = members.size(), .n_features = shape.n_features, .n_hidden = shape.n_hidden};
}

std::unique_ptr<Feed> make_feed(const Ensemble& ensemble, const TrainOptions& options) {
  if (!ensemble.source.fill) return drawn_feed(ensemble.data);
  return given_feed(ensemble.source, ensemble.shape, std::max(options.batch_size, kEvaluationBatch));
}

}  // namespace

kernels::Step describe_step(ModelKind kind, const Shape& shape, bool given_targets) {
  const KindParts part = parts(kind);
  const auto own_target = part.absolute_target ? kernels::Target::kAbsolute : kernels::Target::kInput;
  return {.n_features = shape.features(),
          .n_hidden = shape.hidden(),
          .tied = part.tied,
          .hidden = part.hidden,
          .output = part.output,
          .target = given_targets ? kernels::Target::kGiven : own_target};
}

ToyModels::ToyModels(const Ensemble& ensemble, const TrainOptions& options, const MemberRange& members,
                     int threads, const kernels::BackEnd& back_end)
    : ensemble_(ensemble),
      options_(options),
      members_(members),
      state_{.step = 0,
             .model = Model(ensemble.kind, shape_of(ensemble.shape, members)),
             .moments = AlignedBuffer<float>(shape_of(ensemble.shape, members).instances() * 2 *
                                             parameters_per_instance(ensemble.kind, ensemble.shape))},
      feed_(make_feed(ensemble, options)) {
  const StandardFloatingPoint mode;
  initialise_model();
  session_ = back_end.open({.step = describe_step(ensemble.kind, ensemble.shape, feed_->gives_targets()),
                            .batch_size = static_cast<std::size_t>(options.batch_size),
                            .evaluation_batch_size = static_cast<std::size_t>(kEvaluationBatch),
                            .members = describe_members(),
                            .parameters = arrays(),
                            .threads = threads});
}

std::int64_t ToyModels::instance_of(std::int64_t member) const {
  return (members_.begin + member) / options_.restarts;
}

std::int64_t ToyModels::restart_of(std::int64_t member) const {
  return (members_.begin + member) % options_.restarts;
}

void ToyModels::initialise_model() {
  const double std = ensemble_.init.standard_deviation(ensemble_.shape);
  for (std::int64_t member = 0; member < members(); ++member) {
    InitialisationKey start{.seed = options_.seed,
                            .restart = restart_of(member),
                            .instance = static_cast<std::uint32_t>(instance_of(member))};
    initialise(state_.model.W(member), std, start);
    start.matrix = 1;
    initialise(state_.model.W2(member), std, start);
  }
}

std::vector<kernels::Member> ToyModels::describe_members() const {
  std::vector<kernels::Member> described;
  described.reserve(state_.model.shape().instances());
  for (std::int64_t member = 0; member < members(); ++member) {
    const std::int64_t instance = instance_of(member);
    const std::size_t first = ensemble_.shape.first_feature(instance);
    described.push_back({.importance = ensemble_.importance.data() + first,
                         .drawn = feed_->drawn(instance),
                         .training_key = stream_key(options_.seed, Stream::kTraining, restart_of(member)),
                         .evaluation_key = stream_key(options_.seed, Stream::kEvaluation),
                         .first_input = first});
  }
  return described;
}

kernels::Parameters ToyModels::arrays() {
  return {.W = state_.model.W().data(),
          .W2 = state_.model.W2().data(),
          .b_final = state_.model.b_final().data(),
          .moments = state_.moments.data()};
}

std::int64_t ToyModels::most_steps() const {
  return feed_->is_given() ? 1 : std::numeric_limits<std::int64_t>::max();
}

void ToyModels::advance(std::span<const double> lr, std::span<float> loss) {
  const kernels::GivenSamples given = feed_->fetch({.step = state_.step, .batch_size = options_.batch_size});
  const StandardFloatingPoint mode;
  std::vector<kernels::Update> updates;
  updates.reserve(lr.size());
  for (std::size_t i = 0; i < lr.size(); ++i)
    updates.push_back(make_update(options_.optimizer, lr[i], state_.step + static_cast<std::int64_t>(i)));
  session_->advance({.first_step = static_cast<std::uint32_t>(state_.step),
                     .updates = updates,
                     .loss = loss,
                     .given = given});
  state_.step += std::ssize(lr);
}

std::optional<std::vector<float>> ToyModels::evaluate(const Watch& watch) {
  // Drawn batches are evaluated in one call, fetched ones in a call each.
  const std::int64_t calls = feed_->is_given() ? kEvaluationBatches : 1;
  std::vector<double> sum(state_.model.shape().instances());
  for (std::int64_t call = 0; call < calls; ++call) {
    const kernels::GivenSamples given =
        feed_->fetch({.step = call, .batch_size = kEvaluationBatch, .evaluation = true});
    const auto loss = session_->evaluate(
        {.n_batches = static_cast<std::uint32_t>(kEvaluationBatches / calls), .given = given}, watch);
    if (!loss) return std::nullopt;
    const StandardFloatingPoint mode;
    for (std::size_t member = 0; member < sum.size(); ++member) sum[member] += (*loss)[member];
  }
  const StandardFloatingPoint mode;
  std::vector<float> mean;
  for (const double total : sum) mean.push_back(static_cast<float>(total / static_cast<double>(calls)));
  return mean;
}

const TrainerState& ToyModels::state() const {
  session_->parameters();  // brings state_ up to date: the session works in its arrays
  return state_;
}

std::vector<StateArray> ToyModels::save() {
  session_->parameters();
  std::vector<StateArray> arrays{{.name = "W", .values = state_.model.W()},
                                 {.name = "W2", .values = state_.model.W2()},
                                 {.name = "b_final", .values = state_.model.b_final()},
                                 {.name = "moments", .values = state_.moments.span()}};
  std::erase_if(arrays, [](const StateArray& array) { return array.values.empty(); });
  return arrays;
}

void ToyModels::restore(std::int64_t step, std::span<const StateArray> arrays) {
  TrainerState state = state_;
  state.step = step;
  const std::vector<StateArray> mine = save();
  const auto same = [](const StateArray& a, const StateArray& b) {
    return a.name == b.name && a.values.size() == b.values.size();
  };
  if (!std::ranges::equal(arrays, mine, same))
    throw InvalidRequest({.key = "restore", .expected = "the arrays of these members", .got = "others"});
  for (const StateArray& array : arrays) {
    std::span<float> to = state.moments.span();
    if (array.name == "W") to = state.model.W();
    if (array.name == "W2") to = state.model.W2();
    if (array.name == "b_final") to = state.model.b_final();
    std::ranges::copy(array.values, to.begin());
  }
  set_state(std::move(state));
}

void ToyModels::set_state(TrainerState state) {
  state_ = std::move(state);
  session_->set_parameters(arrays());
}

}  // namespace superpose
