#include "superpose/experiment/experiment_values.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "superpose/core/error.h"

namespace superpose {
namespace {

constexpr Shape kShape = {.n_instances = 2, .n_features = 3, .n_hidden = 1};

/// What check_values says; "accepted" if nothing.
std::string complaint(const Values& values, const ValuesKey& key) {
  try {
    check_values(values, key, kShape);
    return "accepted";
  } catch (const InvalidRequest& error) {
    return error.what();
  }
}

TEST(CheckValues, TakesWhatAFileMaySay) {
  using Table = std::vector<std::vector<double>>;
  EXPECT_EQ(complaint(1e-6, kFeatureProbability), "accepted");
  EXPECT_EQ(complaint(std::vector<double>{1, 0.5}, kFeatureProbability), "accepted");
  EXPECT_EQ(complaint(std::vector<double>{0, 1, 2}, kImportance), "accepted");
  EXPECT_EQ(complaint(Table{{1, 1, 1}, {0.5, 0.5, 0.5}}, kFeatureProbability), "accepted");
}

TEST(CheckValues, NamesTheNumberAtFault) {
  using Table = std::vector<std::vector<double>>;
  EXPECT_EQ(complaint(1.5, kFeatureProbability),
            "feature_probability: expected a number from 1e-06 to 1, got 1.5");
  EXPECT_EQ(complaint(std::numeric_limits<double>::quiet_NaN(), kImportance),
            "importance: expected a finite number of at least 0, got nan");
  EXPECT_EQ(complaint(std::vector<double>{1, 0}, kFeatureProbability),
            "feature_probability[1]: expected a number from 1e-06 to 1, got 0.0");
  EXPECT_EQ(complaint(Table{{1, 1, 1}, {1, -1, 1}}, kImportance),
            "importance[1][1]: expected a finite number of at least 0, got -1.0");
}

TEST(CheckValues, NamesTheLengthAtFault) {
  using Table = std::vector<std::vector<double>>;
  EXPECT_EQ(complaint(std::vector<double>{1, 1, 1}, kFeatureProbability),
            "feature_probability: expected 2 numbers (n_instances), got 3");
  EXPECT_EQ(complaint(std::vector<double>{1, 1}, kImportance),
            "importance: expected 3 numbers (n_features), got 2");
  EXPECT_EQ(complaint(Table{{1, 1, 1}}, kImportance), "importance: expected 2 rows (n_instances), got 1");
  EXPECT_EQ(complaint(Table{{1, 1, 1}, {1, 1}}, kImportance),
            "importance[1]: expected 3 numbers (n_features), got 2");
}

}  // namespace
}  // namespace superpose
