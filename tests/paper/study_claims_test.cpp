#include "superpose/paper/study_claims.h"

#include <gtest/gtest.h>

#include "tests/study/small_studies.h"

namespace superpose::paper {
namespace {

TEST(StudyClaims, AreMadeOfWhatIsThere) {
  for (const study::Study& study : study::small_studies()) {
    const study::StudyRun run{.study = study, .result = study::measured(study, 1)};
    EXPECT_FALSE(study_claims(run).empty());
    EXPECT_EQ(to_json(study_claims(run)), to_json(study_claims(run)));
  }
}

}  // namespace
}  // namespace superpose::paper
