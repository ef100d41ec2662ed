#include "superpose/train/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "superpose/core/aligned_buffer.h"
#include "superpose/core/error.h"
#include "superpose/kernels/finite.h"

namespace superpose {
namespace {

class DrawnFeed final : public Feed {
 public:
  explicit DrawnFeed(const FeatureDistribution& distribution) : data_(distribution) {}

  [[nodiscard]] bool is_given() const override { return false; }
  [[nodiscard]] bool gives_targets() const override { return false; }
  [[nodiscard]] kernels::DrawnSamples drawn(std::int64_t instance) const override {
    const IndependentFeatures& leaves = data_.leaves();
    return {.instance = static_cast<std::uint32_t>(instance),
            .last_active = leaves.last_active(instance).data(),
            .scale = leaves.scale(instance).data(),
            .gap_scale = leaves.gap_scale(instance),
            .signed_values = data_.is_signed(),
            .decisions = data_.decisions(instance),
            .n_slots = data_.n_slots(),
            .slot = data_.slots().data()};
  }
  [[nodiscard]] kernels::GivenSamples fetch(const BatchRequest& /*request*/) override { return {}; }

 private:
  const FeatureDistribution& data_;
};

class GivenFeed final : public Feed {
 public:
  GivenFeed(const BatchSource& source, const Shape& shape, std::int64_t most)
      : source_(source),
        n_features_(shape.features()),
        stride_(shape.instances() * shape.features()),
        x_(static_cast<std::size_t>(most) * stride_),
        target_(source.gives_targets ? x_.size() : 0) {}

  [[nodiscard]] bool is_given() const override { return true; }
  [[nodiscard]] bool gives_targets() const override { return source_.gives_targets; }
  [[nodiscard]] kernels::DrawnSamples drawn(std::int64_t /*instance*/) const override { return {}; }
  [[nodiscard]] kernels::GivenSamples fetch(const BatchRequest& request) override {
    const std::size_t size = static_cast<std::size_t>(request.batch_size) * stride_;
    const Batch batch{.x = x_.span().first(size),
                      .target = target_.span().first(std::min(size, target_.size()))};
    source_.fill(request, batch);
    check(request, "x", batch.x);
    check(request, "target", batch.target);
    return {.x = x_.data(), .target = gives_targets() ? target_.data() : nullptr, .stride = stride_};
  }

 private:
  void check(const BatchRequest& request, const char* which, std::span<const float> numbers) const {
    const std::size_t at = kernels::find_not_finite(numbers);
    if (at == numbers.size()) return;
    throw InvalidRequest({.key = fmt::format("source's {}", which),
                          .expected = "finite numbers",
                          .got = fmt::format("{} ({} {}, sample {}, instance {}, feature {})", numbers[at],
                                             request.evaluation ? "evaluation batch" : "step", request.step,
                                             at / stride_, at % stride_ / n_features_, at % n_features_)});
  }

  const BatchSource& source_;
  const std::size_t n_features_, stride_;
  AlignedBuffer<float> x_, target_;
};

}  // namespace

std::unique_ptr<Feed> drawn_feed(const FeatureDistribution& distribution) {
  return std::make_unique<DrawnFeed>(distribution);
}

std::unique_ptr<Feed> given_feed(const BatchSource& source, const Shape& shape, std::int64_t most) {
  return std::make_unique<GivenFeed>(source, shape, most);
}

}  // namespace superpose
