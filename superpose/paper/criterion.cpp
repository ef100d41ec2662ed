#include "superpose/paper/criterion.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace superpose::paper {
namespace {

/// A bound that was chosen, such as 0.999999, in full; one that was computed, such as 1 / sqrt(2), in four
/// digits.
std::string bound_text(double bound) {
  constexpr std::size_t kLongest = 8;
  const std::string in_full = fmt::format("{}", bound);
  return in_full.size() <= kLongest ? in_full : fmt::format("{:.4g}", bound);
}

}  // namespace

bool Criterion::rule_holds(double measured) const {
  switch (rule_) {
    case Rule::kAtLeast:
      return measured >= a_;
    case Rule::kAbove:
      return measured > a_;
    case Rule::kAtMost:
      return measured <= a_;
    case Rule::kBelow:
      return measured < a_;
    case Rule::kWithin:
      return std::abs(measured - a_) <= b_;
    case Rule::kFromTo:
      return a_ <= measured && measured <= b_;
    case Rule::kExactly:
      return measured == a_;
    case Rule::kDecided:
      return a_ != 0;
  }
  return false;
}

std::string Criterion::rule_text() const {
  switch (rule_) {
    case Rule::kAtLeast:
      return "at least " + bound_text(a_);
    case Rule::kAbove:
      return "above " + bound_text(a_);
    case Rule::kAtMost:
      return "at most " + bound_text(a_);
    case Rule::kBelow:
      return "below " + bound_text(a_);
    case Rule::kWithin:
      return fmt::format("within {} of {}", bound_text(b_), bound_text(a_));
    case Rule::kFromTo:
      return fmt::format("{} to {}", bound_text(a_), bound_text(b_));
    case Rule::kExactly:
      return bound_text(a_);
    case Rule::kDecided:
      return what_;
  }
  return "";
}

bool Criterion::is_met_by(double measured) const {
  return std::isfinite(measured) && further_are_met_ && rule_holds(measured);
}

std::string Criterion::text() const {
  std::string text = rule_text();
  if (!what_.empty() && rule_ != Rule::kDecided) text += (what_.front() == ',' ? "" : " ") + what_;
  for (const std::string& sentence : further_) text += "; and " + sentence;
  return text;
}

Criterion Criterion::and_also(double measured, const Criterion& further) const {
  Criterion both = *this;
  both.further_.push_back(further.text());
  both.further_are_met_ = both.further_are_met_ && further.is_met_by(measured);
  return both;
}

Criterion at_least(double bound, std::string_view what) {
  return {Criterion::Rule::kAtLeast, bound, 0, what};
}
Criterion above(double bound, std::string_view what) {
  return {Criterion::Rule::kAbove, bound, 0, what};
}
Criterion at_most(double bound, std::string_view what) {
  return {Criterion::Rule::kAtMost, bound, 0, what};
}
Criterion below(double bound, std::string_view what) {
  return {Criterion::Rule::kBelow, bound, 0, what};
}
Criterion within(double center, double distance, std::string_view what) {
  return {Criterion::Rule::kWithin, center, distance, what};
}
Criterion from_to(double low, double high, std::string_view what) {
  return {Criterion::Rule::kFromTo, low, high, what};
}
Criterion exactly(double value, std::string_view what) {
  return {Criterion::Rule::kExactly, value, 0, what};
}
Criterion decided(std::string_view text, bool is_met) {
  return {Criterion::Rule::kDecided, is_met ? 1.0 : 0.0, 0, text};
}

}  // namespace superpose::paper
