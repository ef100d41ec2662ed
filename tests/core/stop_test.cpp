#include "superpose/core/stop.h"

#include <gtest/gtest.h>

#include <optional>

namespace superpose {
namespace {

TEST(StopToken, OfNobodyIsNeverAskedToStop) {
  EXPECT_FALSE(StopToken().stop_requested());
}

TEST(StopToken, SeesThatItsSourceAsks) {
  StopSource source;
  const StopToken early = source.get_token();
  const StopToken copy = early;
  EXPECT_FALSE(early.stop_requested());
  EXPECT_FALSE(source.stop_requested());
  source.request_stop();
  EXPECT_TRUE(source.stop_requested());
  EXPECT_TRUE(early.stop_requested());
  EXPECT_TRUE(copy.stop_requested());
  EXPECT_TRUE(source.get_token().stop_requested());
}

TEST(StopToken, OutlivesItsSource) {
  std::optional<StopSource> source(std::in_place);
  const StopToken asked = source->get_token();
  source->request_stop();
  source.reset();
  EXPECT_TRUE(asked.stop_requested());
}

TEST(StopToken, OfOneSourceDoesNotSeeAnother) {
  StopSource one;
  const StopSource other;
  one.request_stop();
  EXPECT_FALSE(other.get_token().stop_requested());
}

}  // namespace
}  // namespace superpose
