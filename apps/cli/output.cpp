#include "apps/cli/output.h"

#include <cerrno>
#include <cstdio>

namespace superpose::cli {
namespace {

/// The error of the first write to standard output that failed.
int output_error = 0;

bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7f;
}

}  // namespace

std::string printable(std::string_view text, bool keep_lines) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    if (c == 0xc2 && next >= 0x80 && next <= 0x9f) {  // U+0080 to U+009F: some terminals obey these, too
      shown += '?';
      ++i;
    } else {
      shown += is_control(c) && !(keep_lines && c == '\n') ? '?' : text[i];
    }
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
