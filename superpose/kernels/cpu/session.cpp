#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/error.h"
#include "superpose/core/random.h"
#include "superpose/core/threads.h"
#include "superpose/kernels/backend.h"
#include "superpose/kernels/cpu/costs.h"
#include "superpose/kernels/cpu/engine.h"
#include "superpose/kernels/cpu/shares.h"
#include "superpose/kernels/cpu/targets.h"

namespace superpose::kernels::cpu {
namespace {

/// From this many members a thread on, members are handed out whole, in blocks.
constexpr std::size_t kManyMembers = 64;
constexpr std::size_t kBlocksPerThread = 256;

void check(const Step& step) {
  if (step.hidden == Activation::kGelu)
    throw InvalidRequest(
        {.key = "hidden activation", .expected = "none or a ReLU on the cpu", .got = "a GELU"});
  if (step.loss_exponent != 2)
    throw InvalidRequest(
        {.key = "loss exponent", .expected = "2 on the cpu", .got = fmt::format("{}", step.loss_exponent)});
}

/// At most one thread for each member, because each thread has scratch memory of its own.
int useful_threads(int threads, std::size_t members) {
  const auto wanted = static_cast<std::size_t>(threads > 0 ? threads : hardware_threads());
  return static_cast<int>(std::clamp<std::size_t>(members, 1, wanted));
}

class CpuSession final : public Session {
 public:
  explicit CpuSession(SessionOptions options)
      : options_(std::move(options)),
        pool_(useful_threads(options_.threads, options_.members.size())),
        scratch_(static_cast<std::size_t>(pool_.size())) {
    if (!options_.target.empty()) target_.emplace(options_.target);
    for (const Member& member : options_.members)
      step_cost_.push_back(cpu::step_cycles(training(member, {})));
    by_cost_.resize(step_cost_.size());
    std::iota(by_cost_.begin(), by_cost_.end(), 0U);
    std::ranges::sort(by_cost_, [&](std::size_t a, std::size_t b) {  // equal costs: in the order of memory
      return step_cost_[a] != step_cost_[b] ? step_cost_[a] > step_cost_[b] : a < b;
    });
    reserve_scratch({});
  }

  void advance(const Stretch& stretch) override {
    reserve_scratch(stretch.given);
    if (options_.members.size() >= kManyMembers * static_cast<std::size_t>(pool_.size())) {
      advance_whole(stretch);
    } else {
      advance_in_shares(stretch);
    }
  }

  [[nodiscard]] std::optional<std::vector<double>> evaluate(const Evaluation& evaluation,
                                                            const Watch& watch) override {
    if (watch.look) watch.look();  // once in any case: this thread may get no member to evaluate
    reserve_scratch(evaluation.given);
    std::vector<double> loss(options_.members.size());
    pool_.run(loss.size(), [&](std::size_t index, int thread) {
      if (watch.stop.stop_requested()) return;
      if (watch.look && thread == 0) watch.look();
      loss[index] = cpu::evaluate(this->evaluation(options_.members[index], evaluation.given),
                                  parameters_of(index), evaluation.n_batches, scratch(thread));
    });
    if (watch.stop.stop_requested()) return std::nullopt;
    return loss;
  }

  const Parameters& parameters() override { return options_.parameters; }  // members live in the arrays
  void set_parameters(const Parameters& parameters) override { options_.parameters = parameters; }

  [[nodiscard]] double step_seconds() const override {
    return std::accumulate(step_cost_.begin(), step_cost_.end(), 0.0) / kCyclesPerSecond;
  }

 private:
  [[nodiscard]] Task task(const Member& member, const GivenSamples& given) const {
    Task task{.step = options_.step, .importance = member.importance, .drawn = member.drawn, .given = given};
    if (given.x != nullptr) task.given.x += member.first_input;
    if (given.target != nullptr) task.given.target += member.first_input;
    return task;
  }
  [[nodiscard]] Task training(const Member& member, const GivenSamples& given) const {
    Task result = task(member, given);
    result.batch_size = options_.batch_size;
    result.key = member.training_key;
    return result;
  }
  [[nodiscard]] Task evaluation(const Member& member, const GivenSamples& given) const {
    Task result = task(member, given);
    result.batch_size = options_.evaluation_batch_size;
    result.key = member.evaluation_key;
    return result;
  }

  /// One member's part of the arrays.
  [[nodiscard]] Parameters parameters_of(std::size_t member) const {
    const Step& step = options_.step;
    const Parameters& all = options_.parameters;
    return {.W = all.W + member * step.matrix(),
            .W2 = step.tied ? nullptr : all.W2 + member * step.matrix(),
            .b_final = all.b_final + member * step.n_features,
            .moments = all.moments + member * 2 * step.parameters()};
  }

  [[nodiscard]] std::span<std::byte> scratch(int thread) {
    return scratch_[static_cast<std::size_t>(thread)].span();
  }

  /// Makes each thread's memory large enough for the most demanding member. Given samples take another path
  /// than drawn ones, and may need more.
  void reserve_scratch(const GivenSamples& given) {
    bool& reserved = given.x == nullptr ? reserved_for_drawn_ : reserved_for_given_;
    if (std::exchange(reserved, true)) return;
    std::size_t most = scratch_.front().size();
    for (const Member& member : options_.members) {
      most = std::max(most, scratch_bytes(training(member, given)));
      most = std::max(most, scratch_bytes(evaluation(member, given)));
    }
    if (most == scratch_.front().size()) return;
    for (auto& memory : scratch_) memory = AlignedBuffer<std::byte>(most);
  }

  /// For many members: each takes all its steps at once, the most expensive first.
  void advance_whole(const Stretch& stretch) {
    const auto threads = static_cast<std::size_t>(pool_.size());
    const std::size_t members = options_.members.size();
    const std::size_t block = std::max<std::size_t>(1, members / (kBlocksPerThread * threads));
    pool_.run((members + block - 1) / block, [&](std::size_t index, int thread) {
      const std::size_t end = std::min(members, (index + 1) * block);
      for (std::size_t i = index * block; i < end; ++i)
        train(stretch, {.member = by_cost_[i], .begin = 0, .end = stretch.updates.size()}, thread);
    });
  }

  /// For few members: a thread takes a share of a member's steps at a time, so that no thread waits long for
  /// another.
  void advance_in_shares(const Stretch& stretch) {
    Shares shares(step_cost_, stretch.updates.size(), pool_.size());
    pool_.run(static_cast<std::size_t>(pool_.size()), [&](std::size_t, int thread) {
      auto share = pool_.exclusively([&] { return shares.take(); });
      while (share) {
        train(stretch, *share, thread);
        share = pool_.exclusively([&] {
          shares.give_back(*share);
          return shares.take();
        });
      }
    });
  }

  void train(const Stretch& stretch, const Shares::Share& share, int thread) noexcept {
    const bool want_loss = !stretch.loss.empty() && share.end == stretch.updates.size();
    cpu::train(training(options_.members[share.member], stretch.given), parameters_of(share.member),
               stretch.first_step + static_cast<std::uint32_t>(share.begin),
               stretch.updates.subspan(share.begin, share.end - share.begin),
               want_loss ? &stretch.loss[share.member] : nullptr, scratch(thread));
  }

  SessionOptions options_;
  std::optional<ForcedTarget> target_;
  std::vector<double> step_cost_;     // (members), cycles
  std::vector<std::size_t> by_cost_;  // (members), the most expensive first
  ThreadPool pool_;
  std::vector<AlignedBuffer<std::byte>> scratch_;  // one for each thread
  bool reserved_for_drawn_ = false, reserved_for_given_ = false;
};

class Cpu final : public BackEnd {
 public:
  [[nodiscard]] std::string_view name() const override { return "cpu"; }
  [[nodiscard]] std::vector<std::string> targets() const override { return supported_targets(); }

  [[nodiscard]] std::unique_ptr<Session> open(SessionOptions options) const override {
    check(options.step);
    return std::make_unique<CpuSession>(std::move(options));
  }

  /// The time is that of dense data, with batches rounded up to whole tiles.
  [[nodiscard]] Most most(const Step& step, std::size_t batch_size) const override {
    const std::size_t tiles = (batch_size + kSamplesPerTile - 1) / kSamplesPerTile;
    return {.step_seconds = dense_cycles(step, tiles * kSamplesPerTile) / kCyclesPerSecond,
            .scratch_bytes = static_cast<double>(most_scratch_bytes(step, batch_size))};
  }
};

}  // namespace
}  // namespace superpose::kernels::cpu

namespace superpose::kernels {

const BackEnd& cpu_back_end() {
  static const cpu::Cpu back_end;
  return back_end;
}

}  // namespace superpose::kernels
