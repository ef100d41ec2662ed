#include "superpose/figures/johnson_lindenstrauss_figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/drawing/layout_checks.h"
#include "tests/figures/example_studies.h"

namespace superpose::figures {
namespace {

TEST(JohnsonLindenstraussFigure, WritesTheBoundOut) {
  const study::JohnsonLindenstrauss study;
  const drawing::Figure figure = johnson_lindenstrauss_figure({.kind = study}, study, maps(study, 0.2F));
  std::vector<std::string> texts;
  for (const auto& mark : figure.panels[0].marks) {
    if (const auto* text = std::get_if<drawing::Text>(&mark)) texts.push_back(text->text);
  }
  for (const char* number : {"368,414", "921,035", "1,289,448", "3,685", "148"})
    EXPECT_THAT(texts, ::testing::Contains(number));
}

}  // namespace
}  // namespace superpose::figures
