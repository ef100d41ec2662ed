#include "superpose/paper/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace superpose::paper {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Report, SaysWhatHoldsAndLeadsToTheFiles) {
  const std::string page = report_page(
      {{.name = "intro",
        .summary = "a < b",
        .directory = "intro",
        .figures = {"intro"},
        .claims = {{.claim = "one", .criterion = at_least(0.25, "x"), .measured = 0.5, .seeds = 7},
                   {.claim = "two & more", .criterion = above(0.25), .measured = 0.25, .seeds = 8},
                   {.claim = "three", .criterion = below(1), .measured = NAN, .seeds = 9}},
        .notes = {"k < 8"},
        .seconds = 75},
       {.name = "empty",
        .summary = "",
        .directory = "empty",
        .figures = {},
        .claims = {},
        .notes = {},
        .seconds = 0.5}},
      "1.2");
  EXPECT_THAT(page, HasSubstr("2 experiments"));
  EXPECT_THAT(page, HasSubstr("1 of whose 3 claims hold"));
  EXPECT_THAT(page, HasSubstr("a &lt; b"));
  EXPECT_THAT(page, HasSubstr("two &amp; more"));
  EXPECT_THAT(page, HasSubstr("src=\"intro/figures/intro.svg\""));
  EXPECT_THAT(page, HasSubstr("href=\"intro/experiment.toml\""));
  EXPECT_THAT(page, HasSubstr("1 min 15 s"));
  EXPECT_THAT(page, HasSubstr("does not hold"));
  EXPECT_THAT(page, HasSubstr("not finite"));
  EXPECT_THAT(page, HasSubstr("k &lt; 8"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace superpose::paper
