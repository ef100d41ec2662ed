#include <cairo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "superpose/drawing/cairo/renderer.h"
#include "superpose/drawing/fit.h"
#include "tests/drawing/layout_checks.h"
#include "tests/figures/every_kind.h"

namespace superpose::figures {
namespace {

/// A line of text as it stands on the page, measured in the font that it names.
struct Word {
  std::string text;
  double size;
  drawing::Rect box;
};

class Ruler {
 public:
  [[nodiscard]] double width(const std::string& text, double size, bool bold) {
    cairo_select_font_face(context_.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context_.get(), size);
    cairo_text_extents_t extents;
    cairo_text_extents(context_.get(), text.c_str(), &extents);
    return extents.x_advance;
  }

 private:
  struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };
  std::unique_ptr<cairo_surface_t, Destroy> surface_{cairo_image_surface_create(CAIRO_FORMAT_RGB24, 8, 8)};
  std::unique_ptr<cairo_t, Destroy> context_{cairo_create(surface_.get())};
};

std::string attribute(const std::string& element, const std::string& name) {
  std::smatch match;
  return std::regex_search(element, match, std::regex(" " + name + "=\"([^\"]*)\"")) ? match[1].str() : "";
}

/// All lines of text of a figure, from its SVG.
std::vector<Word> words_of(const drawing::Figure& figure) {
  const auto bytes = drawing::render_svg(figure);
  const std::string svg(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  static const std::regex kText("<text([^>]*)>([^<]*)</text>");
  Ruler ruler;
  std::vector<Word> words;
  for (std::sregex_iterator it(svg.begin(), svg.end(), kText), end; it != end; ++it) {
    const std::string element = (*it)[1].str();
    const double x = std::stod(attribute(element, "x")), y = std::stod(attribute(element, "y"));
    const double size = std::stod(attribute(element, "font-size"));
    const bool bold = !attribute(element, "font-weight").empty();
    const double width = ruler.width((*it)[2].str(), size, bold), capitals = 0.73 * size;
    const std::string anchor = attribute(element, "text-anchor");
    const double before = anchor == "start" ? 0 : anchor == "end" ? width : width / 2;
    const bool upwards = !attribute(element, "transform").empty();
    const drawing::Rect box = upwards ? drawing::Rect{x - capitals, y - (width - before), capitals, width}
                                      : drawing::Rect{x - before, y - capitals, width, capitals};
    words.push_back({(*it)[2].str(), size, box});
  }
  return words;
}

/// along: of a sweep, the key along x of lines.
drawing::Figure ordered(const FigureKind& kind, const Order& order, const std::string& along = {}) {
  if (kind.build_sweep != nullptr)
    return build_of_sweep(kind, example_sweep(), {.name = "example", .x = along}, order);
  if (kind.build_study == nullptr) {
    const run::Run run = example_for(kind.name);
    return build_of_runs(kind, std::array{&run}, {}, order).value();
  }
  for (const study::StudyRun& run : example_studies()) {
    try {
      return build_of_study(kind, run, order);
    } catch (const InvalidRequest& error) {
      if (error.fault().key == "width" || error.fault().key == "height") throw;  // else it is another kind's
    }
  }
  throw InvalidRequest("example: expected a study for every kind that shows one");
}

constexpr double kInch = 72;

struct Size {
  const char* name;
  Order order;
};
std::vector<Size> sizes() {
  return {{"a column of a paper", {.width = 3.25 * kInch}},
          {"a column with a height", {.width = 3.25 * kInch, .height = 4.5 * kInch, .font_size = 7}},
          {"a page's width", {.width = 6.5 * kInch, .font_size = 9}},
          {"a slide", {.width = 13.333 * kInch, .height = 7.5 * kInch, .font_size = 24}},
          {"half a slide", {.width = 6.6 * kInch, .height = 5.5 * kInch, .font_size = 14}}};
}

/// Calls check(figure, order) for every kind of figure in every size.
void for_every_size(auto check) {
  for (const FigureKind& kind : figure_kinds()) {
    for (const Size& size : sizes()) {
      SCOPED_TRACE(std::string(kind.name) + ", " + size.name);
      std::optional<drawing::Figure> figure;
      ASSERT_NO_THROW(figure = ordered(kind, size.order));
      check(*figure, size.order);
      if (kind.build_sweep == nullptr) continue;
      ASSERT_NO_THROW(figure = ordered(kind, size.order, "lr"));
      check(*figure, size.order);
    }
  }
}

TEST(Sizes, AreThoseThatWereAskedFor) {
  for_every_size([](const drawing::Figure& figure, const Order& order) {
    EXPECT_NEAR(figure.width * figure.scale, order.width, 0.01);
    if (order.height > 0) {
      EXPECT_NEAR(figure.height * figure.scale, order.height, 0.01);
    }
  });
}

TEST(Sizes, LeaveEveryWordLegible) {
  for_every_size([](const drawing::Figure& figure, const Order&) {
    const auto words = words_of(figure);
    EXPECT_FALSE(words.empty());
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& [text, letters, box] = words[i];
      EXPECT_GT(letters, 0.9 * drawing::kTextSize) << text << " was made smaller";
      EXPECT_GE(box.x, -0.5) << text;
      EXPECT_GE(box.y, -0.5) << text;
      EXPECT_LE(box.right(), figure.width + 0.5) << text;
      EXPECT_LE(box.bottom(), figure.height + 0.5) << text;
      for (std::size_t j = i + 1; j < words.size(); ++j)
        EXPECT_FALSE(drawing::overlap(box, words[j].box)) << text << " | " << words[j].text;
    }
  });
}

TEST(Sizes, PanelsStayInsideAndApart) {
  for_every_size([](const drawing::Figure& figure, const Order&) {
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
      const drawing::Rect& area = figure.panels[i].area;
      EXPECT_GE(area.x, 0);
      EXPECT_GE(area.y, 0);
      EXPECT_LE(area.right(), figure.width);
      EXPECT_LE(area.bottom(), figure.height);
      for (std::size_t j = i + 1; j < figure.panels.size(); ++j)
        EXPECT_FALSE(drawing::overlap(area, figure.panels[j].area)) << i << ", " << j;
    }
  });
}

TEST(Sizes, ThatLeaveNoRoomAreRefused) {
  for (const FigureKind& kind : figure_kinds()) {
    SCOPED_TRACE(kind.name);
    EXPECT_THROW((void)ordered(kind, {.width = 0.6 * kInch, .height = 0.6 * kInch, .font_size = 12}),
                 InvalidRequest);
  }
}

TEST(Sizes, OfTextScaleEverything) {
  const FigureKind& intro = find_figure_kind("intro");
  const drawing::Figure small = ordered(intro, {}), large = ordered(intro, {.font_size = 16});
  EXPECT_EQ(large.width, small.width);
  EXPECT_EQ(large.scale, 2);
}

}  // namespace
}  // namespace superpose::figures
