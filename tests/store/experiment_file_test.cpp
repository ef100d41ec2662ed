#include "superpose/store/experiment_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "superpose/core/error.h"
#include "superpose/store/files.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace superpose::store {
namespace {

using testing::HasSubstr;

TEST(ExperimentFile, IsParsedWithOverrides) {
  const TemporaryDirectory directory;
  write_whole(directory / "small.toml", "[model]\nn_features = 3\nn_hidden = 2\n");
  const Experiment experiment =
      load_experiment(directory / "small.toml", std::vector<std::string>{"steps=7"});
  EXPECT_EQ(experiment.model.shape.n_features, 3);
  EXPECT_EQ(experiment.train.steps, 7);
}

TEST(ExperimentFile, NamesTheFileThatIsNotThere) {
  EXPECT_THAT(message_of<InvalidRequest>([] { load_experiment("no/such/intro.toml"); }),
              HasSubstr("no/such/intro.toml"));
}

}  // namespace
}  // namespace superpose::store
