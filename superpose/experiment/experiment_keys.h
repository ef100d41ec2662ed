#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace superpose {

/// Checks that a document has no table and no key that experiments do not know.
/// Errors: InvalidRequest with the position of the first one and what was probably meant.
void refuse_unknown_keys(const toml::table& document, std::string_view file);

/// Puts the value of "KEY=VALUE" into the document, over what was there. The value's source is then named
/// `--set KEY=VALUE`. Errors: InvalidRequest when there is no such key or the value is no value.
void apply_override(toml::table& document, std::string_view key_and_value);

}  // namespace superpose
