// Samples that the caller gives: rows are transposed into planes for one slice of lanes.

#if defined(SUPERPOSE_KERNELS_CPU_GIVEN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SUPERPOSE_KERNELS_CPU_GIVEN_INL_H_
#undef SUPERPOSE_KERNELS_CPU_GIVEN_INL_H_
#else
#define SUPERPOSE_KERNELS_CPU_GIVEN_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

#include "superpose/kernels/cpu/blocks-inl.h"
#include "superpose/kernels/cpu/engine.h"

HWY_BEFORE_NAMESPACE();
namespace superpose::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Copies the samples of quads into one slice of lanes. Beyond the end of the batch all values are 0.
class GivenSlice {
 public:
  GivenSlice(const Task& task, std::size_t first_lane)
      : given_(task.given),
        n_features_(task.step.n_features),
        batch_size_(task.batch_size),
        first_lane_(first_lane) {}

  /// Makes neighbouring quads. X: (n_quads, n_features, 4, lanes), out; from one quad to the next it is
  /// quad_stride floats. Given targets go to the planes behind X, where D will be.
  void Make(std::size_t first, std::size_t n_quads, float* HWY_RESTRICT X, std::size_t quad_stride) const {
    const std::size_t planes = n_features_ * kQuadRows * hn::Lanes(Tag());
    for (std::size_t quad = first; quad < first + n_quads; ++quad, X += quad_stride) {
      Transpose(given_.x, quad, X);
      if (given_.target != nullptr) Transpose(given_.target, quad, X + planes);
    }
  }

 private:
  void Transpose(const float* HWY_RESTRICT samples, std::size_t quad, float* HWY_RESTRICT planes) const {
    const std::size_t lanes = hn::Lanes(Tag());
    const std::size_t plane = kQuadRows * lanes;
    for (std::size_t r = 0; r < kQuadRows; ++r) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::size_t sample = quad * kSamplesPerTile + r * kLanes + first_lane_ + lane;
        const bool present = sample < batch_size_;
        const float* const row = samples + (present ? sample * given_.stride : 0);
        float* HWY_RESTRICT out = planes + r * lanes + lane;
        for (std::size_t f = 0; f < n_features_; ++f, out += plane) *out = present ? row[f] : 0.0F;
      }
    }
  }

  const GivenSamples& given_;
  const std::size_t n_features_, batch_size_;
  std::size_t first_lane_;
};

/// All quads of a batch.
struct GivenQuads {
  const Task& task;
  [[nodiscard]] GivenSlice slice(std::size_t first_lane) const { return {task, first_lane}; }
};

}  // namespace HWY_NAMESPACE
}  // namespace superpose::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // per target
