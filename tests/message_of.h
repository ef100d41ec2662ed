#pragma once

#include <string>

namespace superpose {

/// The message of the E that `call` throws, or a text that cannot be a message.
template <class E, class Call>
std::string message_of(Call call) {
  try {
    call();
    return "(nothing thrown)";
  } catch (const E& error) {
    return error.what();
  }
}

}  // namespace superpose
