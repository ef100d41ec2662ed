#include "superpose/analysis/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>

#include "superpose/analysis/polytopes.h"
#include "superpose/core/error.h"
#include "superpose/core/shape.h"

namespace superpose {
namespace {

/// "digon" or "2 x digon".
std::string counted(std::int64_t count, const std::string& shape) {
  return count == 1 ? shape : fmt::format("{} x {}", count, shape);
}

}  // namespace

std::string outcome(std::span<const float> W, std::int64_t n_hidden) {
  if (!std::ranges::all_of(W, [](float weight) { return std::isfinite(weight); })) return "not finite";
  const auto found = components(W, n_hidden);
  std::int64_t represented = 0;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t>
      shapes;  // (- features, name): the largest first
  for (const Component& component : found) {
    const auto size = std::ssize(component.features);
    represented += size;
    std::string shape = name(component);
    if (component.shape.polytope == Polytope::kOther) shape = fmt::format("other of {}", size);
    ++shapes[{-size, std::move(shape)}];
  }
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const auto& [shape, count] : shapes) add(counted(count, shape.second));
  const auto dropped = Shape::of_weights(W.size(), n_hidden).n_features - represented;
  if (dropped > 0) add(fmt::format("{} not represented", dropped));
  return text;
}

std::vector<OutcomeCount> count_outcomes(std::span<const std::string> outcomes,
                                         std::span<const double> losses) {
  if (outcomes.size() != losses.size()) {
    throw InvalidRequest({.key = "losses",
                          .expected = fmt::format("one for each of {} outcomes", outcomes.size()),
                          .got = fmt::to_string(losses.size())});
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::map<std::string_view, OutcomeCount> counts;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto place = counts.try_emplace(
        outcomes[i], OutcomeCount{.outcome = outcomes[i], .restarts = 0, .lowest_loss = kInfinity});
    OutcomeCount& count = place.first->second;
    ++count.restarts;
    if (std::isfinite(losses[i])) count.lowest_loss = std::min(count.lowest_loss, losses[i]);
  }
  std::vector<OutcomeCount> result;
  for (const auto& [name, count] : counts) result.push_back(count);
  std::ranges::sort(result, [](const OutcomeCount& a, const OutcomeCount& b) {
    return std::tuple(-a.restarts, a.lowest_loss, a.outcome) <
           std::tuple(-b.restarts, b.lowest_loss, b.outcome);
  });
  return result;
}

}  // namespace superpose
