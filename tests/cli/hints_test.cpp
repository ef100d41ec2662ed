#include "apps/cli/hints.h"

#include <gtest/gtest.h>

#include "superpose/store/result_directory.h"

namespace superpose::cli {
namespace {

TEST(Hints, QuoteWhatAShellWouldTakeApart) {
  EXPECT_EQ(resume_command("runs/a-1"), "superpose run runs/a-1/experiment.toml --out runs/a-1 --resume");
  EXPECT_EQ(resume_command("it's a run"),
            "superpose run 'it'\\''s a run/experiment.toml' --out 'it'\\''s a run' --resume");
}

TEST(Hints, SayWhatToTypeInstead) {
  EXPECT_EQ(describe(InvalidRequest("a.toml:1:1: expected this, got that")),
            "a.toml:1:1: expected this, got that");
  EXPECT_EQ(
      describe(store::NotFinished("a", "sweep")),
      "a: the sweep is not finished; finish it with `superpose run a/experiment.toml --out a --resume`");
  EXPECT_EQ(describe(store::CannotResume({.problem = "got another"}, "a", /*resumable=*/true)),
            "got another; resume what is there with `superpose run a/experiment.toml --out a --resume`, or "
            "start over with --overwrite in place of --resume");
  EXPECT_EQ(describe(store::CannotResume({.problem = "broken"}, "a", /*resumable=*/false)),
            "broken; start over with --overwrite in place of --resume");
  EXPECT_EQ(describe(store::OtherResults("a: expected a run's, got a sweep's")),
            "a: expected a run's, got a sweep's; replace what is there with --overwrite");
}

}  // namespace
}  // namespace superpose::cli
