#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

// All output of the command goes through here. No output can end the command: a reader that went away, a
// terminal that was closed, or a full disk is remembered, and reported at the end by callers that ask.

namespace superpose::cli {

/// The text with '?' instead of bytes that are not UTF-8 and of characters that control a terminal or change
/// the direction of text. keep_lines: line ends stay.
std::string printable(std::string_view text, bool keep_lines = false);

/// Writes text for a user to standard output: printable(), with its lines.
void print_text(std::string_view text);
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  print_text(fmt::format(format, std::forward<Args>(args)...));
}

/// Writes text for a program to standard output, unchanged.
void print_data(std::string_view text);

/// Writes what is still in the buffers. returns: 0, or the error of the first write to standard output that
/// failed.
int finish_output();

/// "superpose: MESSAGE" on standard error, on one line.
void tell(std::string_view message);
/// Writes the text to standard error unchanged, with its lines.
void tell_text(std::string_view text);

}  // namespace superpose::cli
