#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

// A run that diverged has weights or losses that are infinite or no numbers. They cannot be drawn: a figure
// says so in the place concerned, rather than to leave it blank or to tell it as a finding.

inline constexpr std::string_view kNotFiniteText = "not finite";

bool all_finite(std::span<const float> values);
bool all_finite(std::span<const double> values);

/// Whether the instance's parameters are finite, and its loss where it is known.
bool is_finite(const run::Run& run, std::size_t instance);

/// A number with so many decimals, "∞", or "not finite" where it is not even a number.
std::string finite_number(double value, int decimals);

/// Says "not finite" in a panel, unless it does already or is much too narrow for the words. what: the words
/// to say it in. along: where, as a share of the panel's width.
void say_not_finite(drawing::Panel& panel, std::string_view what = kNotFiniteText, double along = 0.5);

/// Says "not finite" in every panel with dots, strokes, bars or a heat map of which some cannot be drawn:
/// where they would be along x, if that is known, else in the middle. Curves may have gaps for other reasons.
void say_not_finite(drawing::Figure& figure);

/// Adds to the figure's title how many of the runs' instances are not finite: a figure may show others. runs:
/// those that it is of.
void count_not_finite(drawing::Figure& figure, std::span<const run::Run* const> runs);

}  // namespace superpose::figures
