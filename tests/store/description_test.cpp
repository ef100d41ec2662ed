#include "superpose/store/description.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "superpose/core/error.h"
#include "tests/message_of.h"

namespace superpose::store {
namespace {

constexpr std::string_view kModel = "[model]\nn_features = 3\nn_hidden = 2\n";
constexpr std::string_view kSweep =
    "[model]\nn_features = 3\nn_hidden = 2\n[sweep]\ngrid = { lr = [1.0, 2.0] }\n";
constexpr std::string_view kStudy = "[study]\nkind = \"johnson_lindenstrauss\"\ntrials = 2\n";

TEST(Description, IsWhatItsTextHas) {
  const auto parse = [](std::string_view text) {
    return parse_description({.text = std::string(text), .file = "a.toml", .overrides = {}});
  };
  const auto run = parse(kModel), sweep = parse(kSweep), study = parse(kStudy);
  EXPECT_EQ(noun(run), "run");
  EXPECT_EQ(noun(sweep), "sweep");
  EXPECT_EQ(noun(study), "study");
  for (const Description& description : {run, sweep, study})
    EXPECT_TRUE(parse(to_toml(description)) == description) << to_toml(description);
  EXPECT_FALSE(run == parse("[model]\nn_features = 4\nn_hidden = 2\n"));
  EXPECT_FALSE(sweep == parse(fmt::format("{}[train]\nsteps = 7\n", kSweep)));
}

TEST(Description, RefusesWhatIsNone) {
  EXPECT_TRUE(message_of<InvalidRequest>([&] {
                parse_description({.text = "name = ", .file = "a.toml", .overrides = {}});
              }).starts_with("a.toml:1:"));
}

}  // namespace
}  // namespace superpose::store
