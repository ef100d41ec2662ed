#include "apps/cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace superpose::cli {
namespace {

/// The error of the first write to standard output that failed.
int output_error = 0;

/// A character of UTF-8 at the beginning of some text.
struct Character {
  char32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0 where there is none that is whole and as short as can be
};

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {.code = byte(0), .length = 1};
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return {};
  char32_t code = byte(0) & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast[length] || code > 0x10ffff || is_surrogate) return {};
  return {.code = code, .length = length};
}

/// C0, DEL and C1, which steer terminals, and what changes the direction of the text after it.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::string printable(std::string_view text, bool keep_lines) {
  std::string shown;
  while (!text.empty()) {
    const auto [code, length] = first_character(text);
    const bool shows = length > 0 && (!is_control(code) || (keep_lines && code == '\n'));
    const std::size_t taken = std::max<std::size_t>(length, 1);
    shown += shows ? text.substr(0, taken) : "?";
    text.remove_prefix(taken);
  }
  return shown;
}

void print_text(std::string_view text) {
  print_data(printable(text, /*keep_lines=*/true));
}

void print_data(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && output_error == 0)
    output_error = errno != 0 ? errno : EIO;
}

int finish_output() {
  errno = 0;
  if (std::fflush(stdout) != 0 && output_error == 0) output_error = errno != 0 ? errno : EIO;
  return output_error;
}

void tell(std::string_view message) {
  tell_text("superpose: " + printable(message) + "\n");
}

void tell_text(std::string_view text) {
  const std::string shown = printable(text, /*keep_lines=*/true);
  std::fwrite(shown.data(), 1, shown.size(), stderr);
  std::fflush(stderr);
}

}  // namespace superpose::cli
