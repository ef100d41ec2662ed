#include "superpose/paper/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
        .claims = {{.claim = "one", .expected = "x", .measured = 0.5, .holds = true, .seeds = 7},
                   {.claim = "two & more", .expected = "y", .measured = 0.25, .holds = false, .seeds = 8}},
        .seconds = 75},
       {.name = "empty", .summary = "", .directory = "empty", .figures = {}, .claims = {}, .seconds = 0.5}},
      "1.2");
  EXPECT_THAT(page, HasSubstr("2 experiments"));
  EXPECT_THAT(page, HasSubstr("1 of whose 2 claims hold"));
  EXPECT_THAT(page, HasSubstr("a &lt; b"));
  EXPECT_THAT(page, HasSubstr("two &amp; more"));
  EXPECT_THAT(page, HasSubstr("src=\"intro/figures/intro.svg\""));
  EXPECT_THAT(page, HasSubstr("href=\"intro/experiment.toml\""));
  EXPECT_THAT(page, HasSubstr("1 min 15 s"));
  EXPECT_THAT(page, HasSubstr("does not hold"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace superpose::paper
