#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "superpose/core/shape.h"
#include "superpose/data/feature_distribution.h"
#include "superpose/kernels/samples.h"
#include "superpose/train/batch_source.h"

namespace superpose {

/// Where samples come from. A trainee takes any feed; a feed knows no trainee.
class Feed {
 public:
  Feed() = default;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  virtual ~Feed() = default;

  /// Whether each batch is fetched. If not, back ends draw the samples.
  [[nodiscard]] virtual bool is_given() const = 0;
  /// Whether fetched batches have targets of their own.
  [[nodiscard]] virtual bool gives_targets() const = 0;
  /// What a back end needs to draw the samples of an instance; empty where batches are fetched. Valid while
  /// the feed lives.
  [[nodiscard]] virtual kernels::DrawnSamples drawn(std::int64_t instance) const = 0;
  /// A batch of all instances next to each other, (batch_size, n_instances, n_features); empty where samples
  /// are drawn. Valid until the next call. Errors: what the source throws; InvalidRequest when one of its
  /// numbers is not finite.
  [[nodiscard]] virtual kernels::GivenSamples fetch(const BatchRequest& request) = 0;
};

/// A feed of samples of a distribution, which back ends draw. distribution: must outlive the feed.
std::unique_ptr<Feed> drawn_feed(const FeatureDistribution& distribution);

/// A feed of the caller's own samples. source: must outlive the feed. shape: of the whole ensemble. most:
/// samples of the largest batch.
std::unique_ptr<Feed> given_feed(const BatchSource& source, const Shape& shape, std::int64_t most);

}  // namespace superpose
