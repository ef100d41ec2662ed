#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "superpose/kernels/backend.h"
#include "superpose/train/back_end.h"
#include "superpose/train/ensemble.h"
#include "superpose/train/feed.h"
#include "superpose/train/train_options.h"
#include "superpose/train/trainee.h"

namespace superpose {

/// Describes a step of that kind and shape to a back end. given_targets: targets come with the samples.
kernels::Step describe_step(ModelKind kind, const Shape& shape, bool given_targets = false);

/// Samples in one batch of an evaluation, and the number of batches.
inline constexpr std::int64_t kEvaluationBatch = 1024;
inline constexpr std::int64_t kEvaluationBatches = 64;

/// Toy autoencoders in training.
class ToyModels final : public Trainee {
 public:
  /// ensemble, options: already checked; they must outlive this object. members: a part of the n_instances *
  /// restarts. back_end: what takes the steps. Errors: as of BackEnd::open.
  ToyModels(const Ensemble& ensemble, const TrainOptions& options, const MemberRange& members, int threads,
            const kernels::BackEnd& back_end = default_back_end());

  [[nodiscard]] std::int64_t members() const override { return members_.size(); }
  [[nodiscard]] std::int64_t step() const override { return state_.step; }
  [[nodiscard]] double step_seconds() const override { return session_->step_seconds(); }
  [[nodiscard]] std::int64_t most_steps() const override;
  void advance(std::span<const double> lr, std::span<float> loss) override;
  [[nodiscard]] std::optional<std::vector<float>> evaluate(const Watch& watch) override;
  [[nodiscard]] std::vector<StateArray> save() override;
  void restore(std::int64_t step, std::span<const StateArray> arrays) override;

  [[nodiscard]] const TrainerState& state() const;
  /// Continues from this state. state: of this kind and shape.
  void set_state(TrainerState state);

 private:
  [[nodiscard]] std::int64_t instance_of(std::int64_t member) const;
  [[nodiscard]] std::int64_t restart_of(std::int64_t member) const;
  void initialise_model();
  [[nodiscard]] std::vector<kernels::Member> describe_members() const;
  [[nodiscard]] kernels::Parameters arrays();

  const Ensemble& ensemble_;
  const TrainOptions& options_;
  const MemberRange members_;
  TrainerState state_;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<kernels::Session> session_;
};

}  // namespace superpose
