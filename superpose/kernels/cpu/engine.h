#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "superpose/core/philox.h"
#include "superpose/kernels/backend.h"
#include "superpose/kernels/samples.h"
#include "superpose/kernels/step.h"

/// The hot loops of one member on one thread. They take plain pointers, and neither allocate nor throw.
namespace superpose::kernels::cpu {

/// What a member does in a step, and on what samples.
struct Task {
  const Step& step;
  std::size_t batch_size = 1;
  const float* importance = nullptr;  ///< (n_features)
  DrawnSamples drawn{};               ///< used where no samples are given
  philox::Key key{};                  ///< seed and stream of the samples that are drawn
  GivenSamples given{};               ///< where x is null, samples are drawn

  [[nodiscard]] bool is_given() const { return given.x != nullptr; }
};

/// Bytes of scratch memory that a call on the task needs, aligned to kBufferAlignment.
std::size_t scratch_bytes(const Task& task) noexcept;

/// The most that a task of that step needs, whatever its samples. Sets of features are not counted.
std::size_t most_scratch_bytes(const Step& step, std::size_t batch_size) noexcept;

/// Takes updates.size() steps, the first one numbered first_step; at most one step where samples are given.
/// The order of every sum is fixed, so every instruction set with fused multiply-add gives the same bits.
/// parameters: of this member alone. loss: where to put the loss on the last step's batch, before its update;
/// may be null.
void train(const Task& task, const Parameters& parameters, std::uint32_t first_step,
           std::span<const Update> updates, float* loss, std::span<std::byte> scratch) noexcept;

/// Mean loss over n_batches batches: the steps numbered 0 to n_batches - 1 of the task's stream; n_batches is
/// 1 where samples are given. parameters: of this member alone, read only.
double evaluate(const Task& task, const Parameters& parameters, std::uint32_t n_batches,
                std::span<std::byte> scratch) noexcept;

}  // namespace superpose::kernels::cpu
