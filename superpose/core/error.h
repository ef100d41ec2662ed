#pragma once

#include <stdexcept>

namespace superpose {

/// Something failed while running: a full disk, a file that changed underneath. The command exits with 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The request was wrong: a bad flag, file, key or value. The command exits with 2 and has written nothing.
/// The message is one line: where, what was expected, what was got, as in
/// `intro.toml:4:14: [model] n_hidden: expected a whole number above 0, got 0`.
class InvalidRequest : public Error {
 public:
  using Error::Error;
};

}  // namespace superpose
