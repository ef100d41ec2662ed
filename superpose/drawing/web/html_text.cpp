#include "superpose/drawing/web/html_text.h"

namespace superpose::drawing {

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; (at = text.find(what)) != std::string_view::npos;
       text.remove_prefix(at + what.size())) {
    result.append(text.substr(0, at)).append(with);
  }
  return result.append(text);
}

std::string html_escaped(std::string_view text) {
  return replaced(replaced(replaced(text, "&", "&amp;"), "<", "&lt;"), "\"", "&quot;");
}

}  // namespace superpose::drawing
