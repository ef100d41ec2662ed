#include "superpose/drawing/web/plotly.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "superpose/drawing/labels.h"
#include "superpose/drawing/layout.h"

namespace superpose::drawing {
namespace {

using Json = nlohmann::json;

constexpr double kPixelsPerPoint = 4.0 / 3;
constexpr std::string_view kOtherFonts = "Verdana, Arial, sans-serif";  // where the figure's is missing
constexpr std::size_t kMostCharacters = 400;
constexpr int kFrameMilliseconds = 60;
constexpr double kModeBarWidth = 240,
                 kModeBarHeight = 24;  // of Plotly's buttons at the upper right, in points

/// Rounds a number to its first six significant digits, which is all that a float32 has. A number far from 1
/// is left as it is. value: finite. It does not use std::stod, which follows the locale of the process and
/// its decimal comma.
double rounded(double value) {
  constexpr int kDigits = 6,
                kMostExponent = 22;  // larger powers of 10 are not exact, and neither is what follows
  const std::string text = fmt::format("{:.{}e}", std::abs(value), kDigits - 1);  // d.ddddde-xx
  const std::size_t at = text.find('e');
  std::int64_t digits = 0;
  for (const char c : std::string_view(text).substr(0, at)) {
    if (c != '.') digits = 10 * digits + (c - '0');
  }
  int exponent = 0;
  const bool is_small = text[at + 1] == '-';
  std::from_chars(text.data() + at + 2, text.data() + text.size(), exponent);
  exponent = (is_small ? -exponent : exponent) - (kDigits - 1);
  if (std::abs(exponent) > kMostExponent) return value;
  double power = 1;
  for (int i = 0; i < std::abs(exponent); ++i) power *= 10;
  const auto exact = static_cast<double>(digits);
  return std::copysign(exponent < 0 ? exact / power : exact * power, value);  // one rounding, to nearest
}

Json number(double value) {
  if (!std::isfinite(value) || value == 0) return std::isfinite(value) ? Json(0) : Json(nullptr);
  return rounded(value);
}

// Plotly reads a little HTML in every text.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : one_line(text, kMostCharacters)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string escaped_lines(std::string_view text) {
  std::string result;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    result += escaped(text.substr(0, end)) + "<br>";
  }
  return result + escaped(text);
}

Json tick_layout(const std::vector<Tick>& ticks) {
  Json values = Json::array();
  Json labels = Json::array();
  for (const Tick& tick : ticks) {
    values.push_back(number(tick.at));
    labels.push_back(escaped(tick.label));
  }
  return {{"tickmode", "array"}, {"tickvals", std::move(values)}, {"ticktext", std::move(labels)}};
}

// Builds the two halves of the JSON; panel i has the axes x<i+1> and y<i+1> (the first ones have no number).
class PlotlyBuilder {
 public:
  explicit PlotlyBuilder(const Figure& figure) : figure_(figure) {
    layout_ = {{"width", pixels(figure.width)},
               {"height", pixels(figure.height)},
               {"autosize", false},
               {"margin", {{"l", 0}, {"r", 0}, {"t", 0}, {"b", 0}, {"autoexpand", false}}},
               {"paper_bgcolor", hex(kWhite)},
               {"plot_bgcolor", hex(kWhite)},
               {"showlegend", false},
               {"hovermode", "closest"},
               {"font", {{"family", family()}, {"size", pixels(kTextSize)}, {"color", hex(kInk)}}},
               {"hoverlabel", {{"font", {{"family", family()}, {"size", pixels(kTextSize) + 1}}}}},
               {"annotations", Json::array()},
               {"shapes", Json::array()}};
    if (!figure.title.empty()) {
      layout_["title"] = {{"text", fmt::format("<b>{}</b>", escaped_lines(figure.title))},
                          {"font", font(kFigureTitleSize)},
                          {"x", kFigureTitleX / figure.width},
                          {"y", paper_y(kFigureTitleBaseline + more_lines(figure.title, kFigureTitleSize))},
                          {"xanchor", "left"},
                          {"yanchor", "bottom"}};
      const bool is_covered = title_right(figure) > figure.width - kModeBarWidth;
      if (is_covered && !figure.is_fitted) make_room_for_mode_bar();
    }
    for (const Panel& panel : figure.panels) add_panel(panel);
    for (const ColorBar& bar : figure.color_bars) add_color_bar(bar);
    if (!figure.frames.empty()) add_frames();
  }

  [[nodiscard]] Json json() const {
    Json json = {{"data", data_}, {"layout", layout_}};
    if (!frames_.empty()) json["frames"] = frames_;
    return json;
  }

  void operator()(const Points& points) {
    Json trace = {{"type", "scatter"},
                  {"mode", "markers"},
                  {"marker", {{"size", pixels(2 * points.radius)}, {"opacity", 1}}},
                  {"hovertemplate", "%{text}<extra></extra>"}};
    for (const Point& point : points.points) {
      trace["x"].push_back(number(point.at.x));
      trace["y"].push_back(number(point.at.y));
      trace["text"].push_back(escaped_lines(point.hover));
      trace["marker"]["color"].push_back(hex(point.color));
    }
    if (!points.points.empty()) add_trace(std::move(trace));
  }

  // One trace for each colour, with the segments one after the other and gaps between them.
  void operator()(const Segments& segments) {
    std::map<std::string, Json> traces;
    for (const Segment& segment : segments.segments) {
      Json& trace = traces[hex(segment.color)];
      for (const Json& x : {number(segment.from.x), number(segment.to.x), Json(nullptr)})
        trace["x"].push_back(x);
      for (const Json& y : {number(segment.from.y), number(segment.to.y), Json(nullptr)})
        trace["y"].push_back(y);
    }
    for (auto& [color, trace] : traces) {
      trace.update({{"type", "scatter"},
                    {"mode", "lines"},
                    {"hoverinfo", "skip"},
                    {"line", {{"color", color}, {"width", pixels(segments.width)}}}});
      add_trace(std::move(trace));
    }
  }

  void operator()(const Line& line) {
    Json trace = {{"type", "scatter"},
                  {"mode", "lines"},
                  {"hoverinfo", "skip"},
                  {"line",
                   {{"color", hex(line.color)},
                    {"width", pixels(line.width)},
                    {"dash", line.dashed ? "4px,3px" : "solid"}}}};
    for (const Position& at : line.at) {
      trace["x"].push_back(number(at.x));
      trace["y"].push_back(number(at.y));
    }
    if (!line.at.empty()) add_trace(std::move(trace));
  }

  void operator()(const Bars& bars) {
    Json trace = {{"type", "bar"},           {"orientation", bars.upright ? "v" : "h"},
                  {"width", bars.thickness}, {"marker", {{"line", {{"width", 0}}}}},
                  {"textposition", "none"},  {"hovertemplate", "%{text}<extra></extra>"}};
    for (const Bar& bar : bars.bars) {
      trace[bars.upright ? "y" : "x"].push_back(number(bar.length));
      trace[bars.upright ? "x" : "y"].push_back(number(bar.at));
      if (bars.upright) trace["base"].push_back(number(bar.from));
      trace["text"].push_back(escaped_lines(bar.hover));
      trace["marker"]["color"].push_back(hex(bar.color));
    }
    if (!bars.bars.empty()) add_trace(std::move(trace));
  }

  void operator()(const HeatMap& heat_map) {
    Json rows = Json::array();
    for (std::size_t row = 0; row < heat_map.rows(); ++row) {
      Json values = Json::array();
      for (std::size_t column = 0; column < heat_map.columns; ++column) {
        values.push_back(number(heat_map.values[row * heat_map.columns + column]));
      }
      rows.push_back(std::move(values));
    }
    std::string hover;
    const auto mention = [&](const std::string& name, std::string_view value) {
      if (!name.empty()) hover += fmt::format("{}{}: {}", hover.empty() ? "" : "<br>", escaped(name), value);
    };
    mention(heat_map.column_name, "%{x}");
    mention(heat_map.row_name, "%{y}");
    mention(heat_map.value_name, "%{z:0.2f}");
    add_trace({{"type", "heatmap"},
               {"z", std::move(rows)},
               {"colorscale", color_scale(heat_map.colormap)},
               {"zmin", heat_map.low},
               {"zmax", heat_map.high},
               {"showscale", false},
               {"hovertemplate", hover + "<extra></extra>"}});
  }

  void operator()(const Cells& cells) {
    Json rows = Json::array();
    Json hover = Json::array();
    for (std::size_t row = 0; row < cells.rows(); ++row) {
      Json colors = Json::array();
      Json texts = Json::array();
      for (std::size_t cell = row * cells.columns; cell < (row + 1) * cells.columns; ++cell) {
        const Color color = themed(cells.colors[cell], figure_.theme);
        colors.push_back({color.red, color.green, color.blue});
        if (!cells.hover.empty()) texts.push_back(escaped_lines(cells.hover[cell]));
      }
      rows.push_back(std::move(colors));
      hover.push_back(std::move(texts));
    }
    Json trace = {{"type", "image"}, {"z", std::move(rows)}, {"colormodel", "rgb"}, {"hoverinfo", "skip"}};
    if (!cells.hover.empty()) {
      trace.erase("hoverinfo");
      trace["text"] = std::move(hover);
      trace["hovertemplate"] = "%{text}<extra></extra>";
    }
    add_trace(std::move(trace));
  }

  void operator()(const Text& text) {
    add_annotation({{"text", escaped(text.text)},
                    {"x", number(as_plotly(panel_->x, text.at.x))},
                    {"y", number(as_plotly(panel_->y, text.at.y))},
                    {"xref", "x" + axis_},
                    {"yref", "y" + axis_},
                    {"font", font(kTextSize, text.color)}});
  }

 private:
  [[nodiscard]] double pixels(double length) const { return length * figure_.scale * kPixelsPerPoint; }

  [[nodiscard]] std::string hex(const Color& color) const {
    return drawing::hex(themed(color, figure_.theme));
  }

  [[nodiscard]] std::string family() const { return fmt::format("{}, {}", figure_.font, kOtherFonts); }

  [[nodiscard]] Json font(double size, const Color& color = kInk) const {
    return {{"size", pixels(size)}, {"color", hex(color)}};
  }

  [[nodiscard]] Json color_scale(Colormap map) const {
    constexpr int kSteps = 32;
    Json scale = Json::array();
    for (int i = 0; i <= kSteps; ++i) {
      const double t = static_cast<double>(i) / kSteps;
      scale.push_back({t, hex(color_at(map, t))});
    }
    return scale;
  }

  [[nodiscard]] double paper_x(double x) const { return x / figure_.width; }
  [[nodiscard]] double paper_y(double y) const { return 1 - y / figure_.height; }

  /// A place on an axis, for ranges and annotations. Traces take the value itself.
  [[nodiscard]] static double as_plotly(const PanelAxis& axis, double value) {
    return axis.log ? std::log10(value) : value;
  }

  void add_trace(Json trace) {
    trace["xaxis"] = "x" + axis_;
    trace["yaxis"] = "y" + axis_;
    data_.push_back(std::move(trace));
  }

  void add_annotation(Json annotation) {
    annotation["showarrow"] = false;
    layout_["annotations"].push_back(std::move(annotation));
  }

  // A word on the page, with its lower edge at y.
  void add_paper_text(const std::string& text, double x, double y, double size) {
    add_annotation({{"text", escaped_lines(text)},
                    {"x", paper_x(x)},
                    {"y", paper_y(y)},
                    {"xref", "paper"},
                    {"yref", "paper"},
                    {"xanchor", "center"},
                    {"yanchor", "bottom"},
                    {"borderpad", 0},
                    {"font", font(size)}});
  }

  // All traces as a frame shows them.
  [[nodiscard]] Json traces_of(const Frame& frame) const {
    Figure moment = figure_;
    moment.title.clear();
    moment.frames.clear();
    for (std::size_t p = 0; p < moment.panels.size(); ++p) moment.panels[p].marks = frame.marks[p];
    return PlotlyBuilder(moment).data_;
  }

  // Frames of the traces that differ from those of the figure in any frame, told apart by their place. Every
  // frame has all of them: a trace that is left out would stay as the frame before had it.
  [[nodiscard]] Json frames_json() const {
    std::vector<Json> data;
    data.reserve(figure_.frames.size());
    for (const Frame& frame : figure_.frames) data.push_back(traces_of(frame));
    std::vector<std::size_t> moving;
    for (std::size_t trace = 0; trace < data_.size(); ++trace) {
      if (std::ranges::any_of(data, [&](const Json& own) { return own[trace] != data_[trace]; }))
        moving.push_back(trace);
    }
    Json frames = Json::array();
    for (std::size_t i = 0; i < data.size(); ++i) {
      Json moved = Json::array();
      for (const std::size_t trace : moving) moved.push_back(data[i][trace]);
      frames.push_back(
          {{"name", escaped(figure_.frames[i].label)}, {"data", std::move(moved)}, {"traces", moving}});
    }
    return frames;
  }

  /// A strip above the figure. Its places are shares of what lies below it.
  void make_room_for_mode_bar() {
    layout_["height"] = pixels(figure_.height + kModeBarHeight);
    layout_["margin"]["t"] = pixels(kModeBarHeight);
    layout_["title"]["yref"] = "paper";
  }

  // A button that plays the frames, and a slider, below the figure.
  void add_frames() {
    constexpr double kControls = 60;  // points
    const Json at_once = {{"mode", "immediate"},
                          {"frame", {{"duration", kFrameMilliseconds}, {"redraw", true}}},
                          {"transition", {{"duration", 0}}}};
    Json steps = Json::array();
    frames_ = frames_json();
    for (const Json& frame : frames_) {
      const Json& name = frame["name"];
      steps.push_back({{"label", name}, {"method", "animate"}, {"args", {{name}, at_once}}});
    }
    Json play = at_once;
    play["fromcurrent"] = true;
    const auto button = [](const char* label, Json args) {
      return Json{{"label", label}, {"method", "animate"}, {"args", std::move(args)}};
    };
    layout_["height"] = layout_["height"].get<double>() + pixels(kControls);
    layout_["margin"]["b"] = pixels(kControls);
    if (layout_.contains("title")) layout_["title"]["yref"] = "paper";
    layout_["updatemenus"] = {{{"type", "buttons"},
                               {"direction", "left"},
                               {"x", 0.01},
                               {"y", 0},
                               {"xanchor", "left"},
                               {"yanchor", "top"},
                               {"pad", {{"t", pixels(18)}}},
                               {"showactive", false},
                               {"buttons",
                                {button("play", Json::array({nullptr, play})),
                                 button("pause", Json::array({Json::array({nullptr}), at_once}))}}}};
    layout_["sliders"] = {{{"x", 0.25},
                           {"y", 0},
                           {"len", 0.73},
                           {"xanchor", "left"},
                           {"yanchor", "top"},
                           {"active", figure_.frames.size() - 1},
                           {"ticklen", 0},
                           {"minorticklen", 0},
                           {"font", {{"color", hex(kWhite)}, {"size", 1}}},
                           {"currentvalue", {{"font", font(kTextSize)}, {"xanchor", "left"}}},
                           {"steps", std::move(steps)}}};
  }

  void add_axis(const char* dimension, const PanelAxis& axis, double low, double high, bool frame) {
    Json json = {{"domain", {low, high}},
                 {"anchor", (dimension[0] == 'x' ? "y" : "x") + axis_},
                 {"range", {as_plotly(axis, axis.first), as_plotly(axis, axis.last)}},
                 {"type", axis.log ? "log" : "linear"},
                 {"showgrid", false},
                 {"zeroline", false},
                 {"showline", frame},
                 {"mirror", frame},
                 {"linecolor", hex(kFaint)},
                 {"linewidth", 1},
                 {"ticks", axis.ticks.empty() ? "" : "outside"},
                 {"ticklen", pixels(kTickLength)},
                 {"tickcolor", hex(kFaint)},
                 {"tickangle", 0},
                 {"showticklabels", !axis.ticks.empty()}};
    json.update(tick_layout(axis.ticks));
    if (!axis.label.empty()) {
      json["title"] = {
          {"text", escaped_lines(axis.label)}, {"font", font(kTextSize)}, {"standoff", pixels(3)}};
    }
    layout_[fmt::format("{}axis{}", dimension, axis_)] = std::move(json);
  }

  void add_panel(const Panel& panel) {
    ++n_panels_;
    axis_ = n_panels_ == 1 ? "" : std::to_string(n_panels_);
    panel_ = &panel;
    const Rect area = plot_area(panel);
    add_axis("x", panel.x, paper_x(area.x), paper_x(area.right()), panel.frame);
    add_axis("y", panel.y, paper_y(area.bottom()), paper_y(area.y), panel.frame);
    if (panel.equal_aspect) {
      layout_["yaxis" + axis_]["scaleanchor"] = "x" + axis_;
    }
    if (panel.background != kWhite) {
      layout_["shapes"].push_back({{"type", "rect"},
                                   {"xref", "paper"},
                                   {"yref", "paper"},
                                   {"x0", paper_x(area.x)},
                                   {"x1", paper_x(area.right())},
                                   {"y0", paper_y(area.bottom())},
                                   {"y1", paper_y(area.y)},
                                   {"layer", "below"},
                                   {"fillcolor", hex(panel.background)},
                                   {"line", {{"width", 0}}}});
    }
    if (!panel.title.empty())
      add_paper_text(panel.title, area.center_x(), area.y - kTitleGap + 3, kPanelTitleSize);
    const std::size_t before = data_.size();
    for (const Mark& mark : panel.marks) std::visit(*this, mark);
    // Plotly does not draw axes that no trace uses.
    if (data_.size() == before) add_trace({{"type", "scatter"}, {"x", {nullptr}}, {"y", {nullptr}}});
  }

  // A colour bar must belong to a trace: here to an invisible one, of one point without a place.
  void add_color_bar(const ColorBar& bar) {
    Json color_bar = {{"orientation", bar.upright() ? "v" : "h"},
                      {"xref", "paper"},
                      {"yref", "paper"},
                      {"x", paper_x(bar.area.x)},
                      {"y", paper_y(bar.upright() ? bar.area.bottom() : bar.area.y)},
                      {"xanchor", "left"},
                      {"yanchor", bar.upright() ? "bottom" : "top"},
                      {"xpad", 0},
                      {"ypad", 0},
                      {"lenmode", "pixels"},
                      {"len", pixels(bar.upright() ? bar.area.height : bar.area.width)},
                      {"thicknessmode", "pixels"},
                      {"thickness", pixels(bar.upright() ? bar.area.width : bar.area.height)},
                      {"outlinewidth", 1},
                      {"outlinecolor", hex(kFaint)},
                      {"ticks", "outside"},
                      {"ticklen", pixels(kTickLength)},
                      {"tickcolor", hex(kFaint)}};
    color_bar.update(tick_layout(bar.ticks));
    axis_ = "";
    add_trace({{"type", "scatter"},
               {"mode", "markers"},
               {"x", {nullptr}},
               {"y", {nullptr}},
               {"hoverinfo", "skip"},
               {"marker",
                {{"color", {bar.low}},
                 {"cmin", bar.low},
                 {"cmax", bar.high},
                 {"colorscale", color_scale(bar.colormap)},
                 {"showscale", true},
                 {"colorbar", std::move(color_bar)}}}});
    if (bar.upright()) {
      add_annotation({{"text", escaped(bar.label)},
                      {"x", paper_x(bar.area.right() + kUprightLabelGap)},
                      {"y", paper_y(bar.area.center_y())},
                      {"xref", "paper"},
                      {"yref", "paper"},
                      {"xanchor", "center"},
                      {"yanchor", "middle"},
                      {"textangle", -90}});
    } else {
      add_paper_text(bar.label, bar.area.center_x(), bar.area.y - kTitleGap + 3, kTextSize);
    }
  }

  const Figure& figure_;
  Json data_ = Json::array();
  Json layout_;
  Json frames_ = Json::array();
  int n_panels_ = 0;
  std::string axis_;              // of the panel being added: "", "2", "3", ...
  const Panel* panel_ = nullptr;  // the panel being added
};

}  // namespace

std::string plotly_json(const Figure& figure) {
  return PlotlyBuilder(figure).json().dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace superpose::drawing
