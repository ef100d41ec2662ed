#include "superpose/drawing/cairo/svg_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "superpose/drawing/labels.h"
#include "superpose/drawing/web/html_text.h"

namespace superpose::drawing {
namespace {

constexpr std::size_t kMostWords = 2000;

/// A length with three decimals at most.
std::string number(double length) {
  std::string text = fmt::format("{:.3f}", length);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string_view anchor(HorizontalAlign align) {
  switch (align) {
    case HorizontalAlign::kLeft:
      return "start";
    case HorizontalAlign::kRight:
      return "end";
    case HorizontalAlign::kCenter:
      break;
  }
  return "middle";
}

std::string element(const PlacedText& text, Theme theme) {
  const std::string x = number(text.x), y = number(text.y);
  return fmt::format(
      "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\" "
      "fill=\"{}\"{}{}>{}</text>\n",
      x, y, number(text.size), anchor(text.style.align), hex(themed(text.style.color, theme)),
      text.style.bold ? " font-weight=\"bold\"" : "",
      text.style.upwards ? fmt::format(" transform=\"rotate(-90 {} {})\"", x, y) : "",
      html_escaped(text.text));
}

}  // namespace

std::vector<std::byte> with_words(std::span<const std::byte> svg, const Figure& figure,
                                  std::span<const PlacedText> texts) {
  const std::string_view cairos(reinterpret_cast<const char*>(svg.data()), svg.size());
  const std::size_t root = cairos.find("<svg"), content = cairos.find('>', root),
                    end = cairos.rfind("</svg>");
  std::string own(cairos.substr(0, content));
  own += R"( role="img")";
  own += cairos[content];
  const std::string title = one_line(figure.title, kMostWords);
  if (!title.empty()) own += fmt::format("\n<title>{}</title>", html_escaped(title));
  if (!figure.description.empty())
    own += fmt::format("\n<desc>{}</desc>", html_escaped(one_line(figure.description, kMostWords)));
  own += cairos.substr(content + 1, end - content - 1);
  if (!texts.empty()) {
    own += fmt::format("<g font-family=\"'{}', Verdana, Arial, sans-serif\" transform=\"scale({})\">\n",
                       html_escaped(figure.font), number(figure.scale));
    for (const PlacedText& text : texts) own += element(text, figure.theme);
    own += "</g>\n";
  }
  own += cairos.substr(end);
  const auto bytes = std::as_bytes(std::span(own));
  return {bytes.begin(), bytes.end()};
}

}  // namespace superpose::drawing
