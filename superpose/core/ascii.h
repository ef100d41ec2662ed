#pragma once

// The C library's own functions of this kind follow the process's locale, which another program may have set:
// a Python program, for instance.

namespace superpose {

/// Turns A to Z into a to z and leaves every other character alone.
constexpr char ascii_lower(char c) {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether the character is one of A to Z, a to z, 0 to 9.
constexpr bool is_ascii_alphanumeric(char c) {
  const char lower = ascii_lower(c);
  return ('a' <= lower && lower <= 'z') || ('0' <= c && c <= '9');
}

}  // namespace superpose
