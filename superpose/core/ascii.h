#pragma once

// The C library's functions of these kinds follow the process's locale, which may belong to somebody else: a
// Python program, for instance.

namespace superpose {

/// A to Z as a to z; any other character as it is.
constexpr char ascii_lower(char c) {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether it is one of A to Z, a to z, 0 to 9.
constexpr bool is_ascii_alphanumeric(char c) {
  const char lower = ascii_lower(c);
  return ('a' <= lower && lower <= 'z') || ('0' <= c && c <= '9');
}

}  // namespace superpose
