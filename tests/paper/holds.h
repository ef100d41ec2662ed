#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "superpose/paper/claims.h"

namespace superpose::paper {

/// Whether the claim that begins so holds. Throws where there is none.
inline bool holds(const Claims& claims, const std::string& beginning) {
  const auto found =
      std::ranges::find_if(claims, [&](const Claim& claim) { return claim.claim.starts_with(beginning); });
  if (found == claims.end()) throw std::runtime_error("no claim that " + beginning);
  return found->holds();
}

}  // namespace superpose::paper
