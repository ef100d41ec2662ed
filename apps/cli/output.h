#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

// All that the command says goes through here. Nothing of it can end the command: a reader that went away, a
// terminal that was closed, or a full disk are noted, and told at the end by who asks.

namespace superpose::cli {

/// The text with '?' in the place of characters that steer a terminal: C0, DEL and C1 (in UTF-8). keep_lines:
/// leave ends of lines alone.
std::string printable(std::string_view text, bool keep_lines = false);

/// Writes to standard output what a user reads: printable(), lines kept.
void print_text(std::string_view text);
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  print_text(fmt::format(format, std::forward<Args>(args)...));
}

/// Writes to standard output what a program reads, as it is.
void print_data(std::string_view text);

/// Writes what is still in the buffers. returns: 0, or the error of the first write to standard output that
/// failed.
int finish_output();

/// "superpose: MESSAGE" on standard error, on one line.
void tell(std::string_view message);
/// The text as it is on standard error, lines kept.
void tell_text(std::string_view text);

}  // namespace superpose::cli
