#include "superpose/train/history.h"

#include <gtest/gtest.h>

namespace superpose {
namespace {

TEST(History, KeepsTheChosenRestarts) {
  const Model model(ModelKind::kLinear, {.n_instances = 4, .n_features = 1, .n_hidden = 1});
  History history;
  const std::vector<float> first = {1, 2, 3, 4};  // instance 0: restarts 1, 2; instance 1: restarts 3, 4
  const std::vector<float> second = {5, 6, 7, 8};
  history.record({.step = 0, .steps = 2, .lr = 0.5, .loss = first, .model = model});
  history.record({.step = 1, .steps = 2, .lr = 0.25, .loss = second, .model = model});
  EXPECT_EQ(history.rows(), 2U);
  EXPECT_EQ(history.columns(), 4U);

  const History kept = history.keep(std::vector<std::int64_t>{1, 0}, 2);
  EXPECT_EQ(kept.step, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(kept.lr, (std::vector<float>{0.5F, 0.25F}));
  EXPECT_EQ(kept.loss, (std::vector<float>{2, 3, 6, 7}));
}

}  // namespace
}  // namespace superpose
