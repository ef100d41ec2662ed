#include "superpose/train/restarts.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Restarts, TheLowestFiniteLossIsBest) {
  const std::vector<float> loss{3, 1, 2, kNaN, 5, kInfinity, kNaN, kInfinity, kNaN, 4, 4, 4};
  EXPECT_EQ(best_restarts(loss, 3), (std::vector<std::int64_t>{1, 1, 0, 0}));
}

TEST(Restarts, HaveAModelEach) {
  Model members(ModelKind::kReluOutput, {.n_instances = 6, .n_features = 1, .n_hidden = 1});
  for (int member = 0; member < 6; ++member) members.W(member)[0] = static_cast<float>(member);
  const std::vector<Model> models = models_by_restart(members, 3);
  ASSERT_EQ(models.size(), 3U);
  for (int r = 0; r < 3; ++r) {
    ASSERT_EQ(models[static_cast<std::size_t>(r)].shape().n_instances, 2);
    EXPECT_EQ(models[static_cast<std::size_t>(r)].W(1)[0], static_cast<float>(3 + r)) << "of instance 1";
  }
}

TEST(Restarts, JoinsOnlyMembersOfOneKindShapeAndStep) {
  const auto state = [](ModelKind kind, std::int64_t hidden, std::int64_t step) {
    return TrainerState{.step = step,
                        .model = Model(kind, {.n_instances = 2, .n_features = 3, .n_hidden = hidden}),
                        .moments = {}};
  };
  const TrainerState one = state(ModelKind::kReluOutput, 2, 5);
  for (const TrainerState& other : {state(ModelKind::kLinear, 2, 5), state(ModelKind::kReluOutput, 1, 5),
                                    state(ModelKind::kReluOutput, 2, 6)})
    EXPECT_THROW(join_members(std::vector<const TrainerState*>{&one, &other}), InvalidRequest);
  EXPECT_EQ(join_members(std::vector<const TrainerState*>{&one, &one, &one}).model.shape().n_instances, 6);
}

}  // namespace
}  // namespace superpose
