#include "superpose/train/feed.h"

#include <algorithm>
#include <cstddef>

#include "superpose/core/aligned_buffer.h"

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
  GivenFeed(const BatchSource& source, std::int64_t n_features, std::int64_t most)
      : source_(source),
        stride_(static_cast<std::size_t>(n_features)),
        x_(static_cast<std::size_t>(most) * stride_),
        target_(source.gives_targets ? x_.size() : 0) {}

  [[nodiscard]] bool is_given() const override { return true; }
  [[nodiscard]] bool gives_targets() const override { return source_.gives_targets; }
  [[nodiscard]] kernels::DrawnSamples drawn(std::int64_t /*instance*/) const override { return {}; }
  [[nodiscard]] kernels::GivenSamples fetch(const BatchRequest& request) override {
    const std::size_t size = static_cast<std::size_t>(request.batch_size) * stride_;
    source_.fill(request, {.x = x_.span().first(size),
                           .target = target_.span().first(std::min(size, target_.size()))});
    return {.x = x_.data(), .target = gives_targets() ? target_.data() : nullptr, .stride = stride_};
  }

 private:
  const BatchSource& source_;
  const std::size_t stride_;
  AlignedBuffer<float> x_, target_;
};

}  // namespace

std::unique_ptr<Feed> drawn_feed(const FeatureDistribution& distribution) {
  return std::make_unique<DrawnFeed>(distribution);
}

std::unique_ptr<Feed> given_feed(const BatchSource& source, std::int64_t n_features, std::int64_t most) {
  return std::make_unique<GivenFeed>(source, n_features, most);
}

}  // namespace superpose
