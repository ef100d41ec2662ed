#pragma once

#include <string>
#include <utility>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/study/study.h"
#include "tests/message_of.h"

namespace superpose::study {

/// The memory that a process may use, of those that parse here: 24 GiB.
inline constexpr double kMemory = 24.0 * 1024 * 1024 * 1024;

/// Parses a study file called s.toml.
inline Study parse(const std::string& text, std::vector<std::string> overrides = {}) {
  return parse_study(
      {.text = text, .file = "s.toml", .overrides = std::move(overrides), .memory_limit = kMemory});
}

/// What parse says when it refuses.
inline std::string refusal(const std::string& text, std::vector<std::string> overrides = {}) {
  return message_of<InvalidRequest>([&] { parse(text, std::move(overrides)); });
}

/// What a refusal for want of memory says.
inline constexpr const char* kDoesNotFit =
    "expected a study that fits in the 24 GiB of memory that this process may use, got one that needs";

/// "KEY=[NUMBER, NUMBER, ...]", with so many numbers.
inline std::string array_of(const std::string& key, int count, const std::string& number) {
  std::string text = key + "=[" + number;
  for (int i = 1; i < count; ++i) text += ", " + number;
  return text + "]";
}

}  // namespace superpose::study
