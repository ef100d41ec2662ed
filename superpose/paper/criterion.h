#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace superpose::paper {

/// What a claim asks of the measured number. One value makes both the sentence that people read and the test
/// that decides:
///
///     at_least(0.9, "of the models")      "at least 0.9 of the models"      measured >= 0.9
///
/// No criterion is met by a number that is not finite.
class Criterion {
 public:
  /// "at least 0.9 of the models; and at least 1 everywhere"
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool is_met_by(double measured) const;

  /// The criterion with a further one, of another number.
  [[nodiscard]] Criterion and_also(double measured, const Criterion& further) const;

 private:
  enum class Rule { kAtLeast, kAbove, kAtMost, kBelow, kWithin, kFromTo, kExactly, kDecided };
  Criterion(Rule rule, double a, double b, std::string_view what) : rule_(rule), a_(a), b_(b), what_(what) {}

  [[nodiscard]] bool rule_holds(double measured) const;
  [[nodiscard]] std::string rule_text() const;

  friend Criterion at_least(double bound, std::string_view what);
  friend Criterion above(double bound, std::string_view what);
  friend Criterion at_most(double bound, std::string_view what);
  friend Criterion below(double bound, std::string_view what);
  friend Criterion within(double center, double distance, std::string_view what);
  friend Criterion from_to(double low, double high, std::string_view what);
  friend Criterion exactly(double value, std::string_view what);
  friend Criterion decided(std::string_view text, bool is_met);

  Rule rule_;
  double a_, b_;  // the bound or the centre; the other bound or the distance
  std::string what_;
  std::vector<std::string> further_;  // the sentences of and_also
  bool further_are_met_ = true;
};

// what: what the number counts or measures, as the end of the sentence: "of the models". May be empty.

Criterion at_least(double bound, std::string_view what = "");
Criterion above(double bound, std::string_view what = "");
Criterion at_most(double bound, std::string_view what = "");
Criterion below(double bound, std::string_view what = "");
/// "within 0.05 of 1": at most that distance from it.
Criterion within(double center, double distance, std::string_view what = "");
/// "2 to 3.12": both ends included.
Criterion from_to(double low, double high, std::string_view what = "");
/// "3 pairs"
Criterion exactly(double value, std::string_view what = "");
/// One that was decided before, with its text: it is met by any number or by none.
Criterion decided(std::string_view text, bool is_met);

}  // namespace superpose::paper
