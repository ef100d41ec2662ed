#include "superpose/paper/criterion.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace superpose::paper {

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
  }
  return false;
}

std::string Criterion::rule_text() const {
  switch (rule_) {
    case Rule::kAtLeast:
      return fmt::format("at least {:.6g}", a_);
    case Rule::kAbove:
      return fmt::format("above {:.6g}", a_);
    case Rule::kAtMost:
      return fmt::format("at most {:.6g}", a_);
    case Rule::kBelow:
      return fmt::format("below {:.6g}", a_);
    case Rule::kWithin:
      return fmt::format("within {:.6g} of {:.6g}", b_, a_);
    case Rule::kFromTo:
      return fmt::format("{:.6g} to {:.6g}", a_, b_);
    case Rule::kExactly:
      return fmt::format("{:.6g}", a_);
  }
  return "";
}

bool Criterion::is_met_by(double measured) const {
  return std::isfinite(measured) && conditions_are_met_ && rule_holds(measured);
}

std::string Criterion::text() const {
  std::string text = rule_text();
  if (!what_.empty()) text += (what_.front() == ',' ? "" : " ") + what_;
  for (const std::string& condition : conditions_) text += "; and " + condition;
  return text;
}

Criterion Criterion::and_also(std::string condition, bool is_met) const {
  Criterion both = *this;
  both.conditions_.push_back(std::move(condition));
  both.conditions_are_met_ = both.conditions_are_met_ && is_met;
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

}  // namespace superpose::paper
