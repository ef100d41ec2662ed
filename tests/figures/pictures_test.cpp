#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "tests/figures/every_kind.h"
#include "tests/figures/picture.h"

namespace superpose::figures {
namespace {

namespace fs = std::filesystem;

fs::path stored_path(const FigureKind& kind) {
  return fs::path(SUPERPOSE_STORED_PICTURES) / (std::string(kind.name) + ".png");
}

/// A directory that the environment names; empty where it does not.
fs::path directory_from(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? fs::path() : fs::path(value);
}

/// Writes what the kind looks like now, whole, and beside what is stored.
void show(const FigureKind& kind, const drawing::Figure& figure, const fs::path& directory) {
  constexpr int kEnlarged = 4;
  fs::create_directories(directory);
  const std::string name(kind.name);
  write_picture(side_by_side(read_picture(stored_path(kind)), picture_of(figure)),
                directory / (name + ".difference.png"), kEnlarged);
  const auto png = drawing::render_png(figure);
  std::ofstream(directory / (name + ".png"), std::ios::binary)
      .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
}

// scripts/show-figure-difference shows what differs, and stores what is to be so.
TEST(Pictures, AreAsStored) {
  const fs::path shown = directory_from("SUPERPOSE_SHOW_PICTURES");
  const bool store = !directory_from("SUPERPOSE_STORE_PICTURES").empty();
  for (const FigureKind& kind : figure_kinds()) {
    SCOPED_TRACE(kind.name);
    const drawing::Figure figure = example_figure(kind);
    const Picture now = picture_of(figure);
    if (!shown.empty() && differ(now, read_picture(stored_path(kind)))) show(kind, figure, shown);
    if (store) write_picture(now, stored_path(kind));
    EXPECT_FALSE(differ(now, read_picture(stored_path(kind))))
        << "scripts/show-figure-difference shows what is different";
  }
}

TEST(Pictures, AreHardlyTouchedByHowLettersAreSmoothed) {
  for (const FigureKind& kind : figure_kinds()) {
    SCOPED_TRACE(kind.name);
    EXPECT_FALSE(differ(picture_of(example_figure(kind), 4), read_picture(stored_path(kind))));
  }
}

TEST(Pictures, LackAnyPanelThatGoesMissing) {
  for (const FigureKind& kind : figure_kinds()) {
    const drawing::Figure figure = example_figure(kind);
    for (std::size_t p = 0; p < figure.panels.size(); ++p) {
      if (kind.name == "dynamics" && p == 0) continue;  // all arrows of the first step are 0
      SCOPED_TRACE(std::string(kind.name) + ", panel " + std::to_string(p));
      drawing::Figure less = figure;
      less.panels.erase(less.panels.begin() + static_cast<std::ptrdiff_t>(p));
      EXPECT_TRUE(differ(picture_of(less), read_picture(stored_path(kind))));
    }
  }
}

/// A figure whose colour maps are the other one, and whose marks have red and blue exchanged.
drawing::Figure in_other_colors(drawing::Figure figure) {
  const auto exchange = [](drawing::Color& color) { std::swap(color.red, color.blue); };
  const auto other = [](drawing::Colormap& map) {
    map = map == drawing::Colormap::kViridis ? drawing::Colormap::kCoolwarm : drawing::Colormap::kViridis;
  };
  for (drawing::Panel& panel : figure.panels) {
    for (drawing::Mark& mark : panel.marks) {
      std::visit(
          [&](auto& one) {
            using Kind = std::decay_t<decltype(one)>;
            if constexpr (std::is_same_v<Kind, drawing::HeatMap>) other(one.colormap);
            if constexpr (std::is_same_v<Kind, drawing::Line>) exchange(one.color);
            if constexpr (std::is_same_v<Kind, drawing::Points>)
              for (auto& point : one.points) exchange(point.color);
            if constexpr (std::is_same_v<Kind, drawing::Segments>)
              for (auto& segment : one.segments) exchange(segment.color);
            if constexpr (std::is_same_v<Kind, drawing::Bars>)
              for (auto& bar : one.bars) exchange(bar.color);
            if constexpr (std::is_same_v<Kind, drawing::Cells>)
              for (auto& color : one.colors) exchange(color);
          },
          mark);
    }
  }
  return figure;
}

TEST(Pictures, HaveTheColoursThatAreStored) {
  for (const FigureKind& kind : figure_kinds()) {
    if (kind.name == "johnson-lindenstrauss") continue;  // its lines are too thin, and its dots too small
    SCOPED_TRACE(kind.name);
    EXPECT_TRUE(differ(picture_of(in_other_colors(example_figure(kind))), read_picture(stored_path(kind))));
  }
}

}  // namespace
}  // namespace superpose::figures
