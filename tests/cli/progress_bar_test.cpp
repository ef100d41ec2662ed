#include "apps/cli/progress_bar.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <thread>

namespace superpose::cli {
namespace {

constexpr Progress kHalfWay = {{.step = 5000, .steps = 10000, .lr = 1e-3, .loss = 0.0125}, 2000};

TEST(ProgressBar, ShowsEverythingWhereThereIsRoom) {
  EXPECT_EQ(
      format_progress(kHalfWay, 200),
      " 50% [===================>                   ]  loss 0.01250  0:03 left  2000 steps/s  lr 0.001");
}

TEST(ProgressBar, LeavesOutTheLeastImportantFirst) {
  EXPECT_EQ(format_progress(kHalfWay, 70),
            " 50% [======>      ]  loss 0.01250  0:03 left  2000 steps/s  lr 0.001");
  EXPECT_EQ(format_progress(kHalfWay, 50), " 50%  loss 0.01250  0:03 left  2000 steps/s");
  EXPECT_EQ(format_progress(kHalfWay, 21), " 50%  loss 0.01250");
  EXPECT_EQ(format_progress(kHalfWay, 1), " 50%");
}

TEST(ProgressBar, NeverReachesTheLastColumn) {
  for (std::size_t columns = 5; columns < 150; ++columns) {
    for (const std::int64_t step : {1, 4999, 10000}) {
      Progress progress = kHalfWay;
      progress.step = step;
      EXPECT_LT(format_progress(progress, columns).size(), columns);
    }
  }
}

TEST(ProgressBar, SaysHowManyLossesAreNotFinite) {
  Progress progress = kHalfWay;
  progress.not_finite = 2;
  EXPECT_NE(format_progress(progress, 200).find("loss 0.01250 (2 not finite)"), std::string::npos);
  progress.loss = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(format_progress(progress, 200).find("loss not finite"), std::string::npos);
}

TEST(ProgressBar, WritesLongTimesWithHoursAndUnknownOnesAsUnknown) {
  Progress progress = kHalfWay;
  progress.steps_per_second = 1;
  EXPECT_NE(format_progress(progress, 200).find("1:23:20 left"), std::string::npos);
  progress.steps_per_second = 0;
  EXPECT_NE(format_progress(progress, 200).find("-:-- left"), std::string::npos);
}

TEST(ProgressBar, DrawsTheMeanOfFiniteLossesAndClearsItsLine) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  {
    const Model model(ModelKind::kLinear, {.n_instances = 3});
    const std::array loss = {1.0F, std::numeric_limits<float>::infinity(), 3.0F};
    ProgressBar bar(file);
    const auto observe = [&](std::int64_t step) {
      bar.show(progress_of({.step = step, .steps = 100, .lr = 0.5, .loss = loss, .model = model}));
    };
    observe(0);
    observe(1);  // too soon after the first to be drawn
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    observe(49);
  }
  std::rewind(file);
  std::array<char, 256> text = {};
  const std::size_t size = std::fread(text.data(), 1, text.size() - 1, file);
  std::fclose(file);
  const std::string written(text.data(), size);
  EXPECT_TRUE(written.starts_with("\r\x1b[K 50% ")) << written;
  EXPECT_NE(written.find("loss 2.000 (1 not finite)"), std::string::npos) << written;
  EXPECT_TRUE(written.ends_with("\r\x1b[K")) << written;
}

}  // namespace
}  // namespace superpose::cli
