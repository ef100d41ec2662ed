#pragma once

#include <string>
#include <string_view>

namespace superpose::drawing {

/// The text with every `what` replaced. what: not empty.
std::string replaced(std::string_view text, std::string_view what, std::string_view with);

/// The text, escaped as text or as the value of an attribute of HTML.
std::string html_escaped(std::string_view text);

}  // namespace superpose::drawing
