#include "superpose/study/fields.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "superpose/core/error.h"
#include "tests/message_of.h"

namespace superpose::study {
namespace {

enum class Shade { kDark, kLight, kGrey };
constexpr std::array<NamedValue<Shade>, 3> kShades{
    {{"dark", Shade::kDark}, {"light", Shade::kLight}, {"grey", Shade::kGrey}}};

TEST(Field, PointsToTheStudysOwnValue) {
  std::int64_t steps = 3;
  const Field whole = field("steps", steps, {.least = 2, .most = 9});
  *std::get<std::int64_t*>(whole.value) = 4;
  EXPECT_EQ(steps, 4);
  EXPECT_EQ(whole.key, "steps");
  EXPECT_EQ(whole.whole.least, 2);
  EXPECT_EQ(whole.whole.most, 9);

  std::vector<double> eps = {0.5};
  const Field numbers = field("eps", eps, kAnyEps);
  std::get<std::vector<double>*>(numbers.value)->push_back(0.25);
  EXPECT_EQ(eps, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(numbers.numbers.description, kAnyEps.description);
}

TEST(Field, OfNamesKnowsTheChosenOneAndChoosesAnother) {
  Shade shade = Shade::kLight;
  const Field names = field("shade", shade, kShades);
  const auto& choice = std::get<Choice>(names.value);
  EXPECT_EQ(choice.names, (std::vector<std::string_view>{"dark", "light", "grey"}));
  EXPECT_EQ(choice.chosen, 1U);
  choice.choose(2);
  EXPECT_EQ(shade, Shade::kGrey);
  EXPECT_EQ(std::get<Choice>(field("shade", shade, kShades).value).chosen, 2U);
}

TEST(Ranges, HaveTheEndsThatTheyDescribe) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto below = [](double number) { return std::nextafter(number, -1); };
  EXPECT_TRUE(kAnyEps.contains(0.1) && kAnyEps.contains(below(1)));
  EXPECT_FALSE(kAnyEps.contains(below(0.1)) || kAnyEps.contains(1));
  EXPECT_TRUE(kShare.contains(5e-324) && kShare.contains(1));
  EXPECT_FALSE(kShare.contains(0) || kShare.contains(std::nextafter(1, 2)));
  EXPECT_TRUE(kSparse.contains(1e-6) && kSparse.contains(below(1)));
  EXPECT_FALSE(kSparse.contains(below(1e-6)) || kSparse.contains(1));
  EXPECT_TRUE(kLearningRate.contains(0) && kLearningRate.contains(1e308));
  EXPECT_FALSE(kLearningRate.contains(-1e-300) || kLearningRate.contains(kInfinity));
  for (const NumberRange& range : {kAnyEps, kShare, kSparse, kLearningRate})
    EXPECT_FALSE(range.contains(std::numeric_limits<double>::quiet_NaN())) << range.description;
}

TEST(RefuseWhatDoesNotFit, TakesWhatNeedsNoMoreThanThereIs) {
  const toml::table document = parse_toml("[study]\nsteps = 5", "s.toml");
  const TomlValue section(*document.get("study"), "study", "", "s.toml");
  EXPECT_NO_THROW(refuse_what_does_not_fit(section, 1024, 1024));
  EXPECT_NO_THROW(refuse_what_does_not_fit(section, 1e300, std::nullopt)) << "no limit is known";
  EXPECT_EQ(message_of<InvalidRequest>([&] { refuse_what_does_not_fit(section, 3 * 0x1p30, 0x1p30); }),
            "s.toml:1:1: [study]: expected a study that fits in the 1 GiB of memory that this process may "
            "use, got one that needs 3 GiB");
}

}  // namespace
}  // namespace superpose::study
