#include "superpose/core/error.h"

#include <utility>

namespace superpose {
namespace {

/// Appends `text`, after `separator` where both parts are not empty.
void append(std::string& line, const std::string& separator, const std::string& text) {
  if (text.empty()) return;
  if (!line.empty()) line += separator;
  line += text;
}

/// What somebody wrote, on a line that can be read: at most about so many bytes, the beginning.
std::string clipped(const std::string& text, std::size_t most = 200) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;  // not within a character
  return text.substr(0, end) + "...";
}

}  // namespace

Place argument_place(std::string name) {
  return {.kind = Place::Kind::kArgument, .name = std::move(name)};
}

std::string describe(const Place& place, const std::string& before_override) {
  std::string text =
      place.kind == Place::Kind::kOverride ? before_override + clipped(place.name) : place.name;
  if (place.line > 0) text += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  return text;
}

std::string qualified_key(const Fault& fault) {
  std::string text = fault.section.empty() ? "" : "[" + fault.section + "]";
  append(text, " ", fault.key);
  return text;
}

std::string describe(const Fault& fault, const std::string& before_override) {
  std::string line = describe(fault.place, before_override);
  append(line, ": ", clipped(qualified_key(fault)));
  if (!fault.expected.empty()) append(line, ": ", "expected " + fault.expected);
  if (!fault.got.empty()) append(line, ", ", "got " + clipped(fault.got));
  append(line, ": ", clipped(fault.problem, 1000));
  append(line, "; ", fault.hint);
  return line;
}

InvalidRequest::InvalidRequest(Fault fault) : Error(describe(fault)), fault_(std::move(fault)) {}

InvalidRequest InvalidRequest::at(Place place, const std::string& key) const {
  Fault fault = fault_;
  fault.place = std::move(place);
  std::string whole = key;
  append(whole, " ", fault.key);
  fault.key = std::move(whole);
  return InvalidRequest(std::move(fault));
}

}  // namespace superpose
