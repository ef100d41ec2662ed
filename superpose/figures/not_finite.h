#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "superpose/drawing/figure.h"
#include "superpose/run/run.h"

namespace superpose::figures {

// A run that diverged has weights or losses that are infinite or NaN. They cannot be drawn. A figure says so
// where they would stand: it must not leave the place blank, or tell it as a finding.

inline constexpr std::string_view kNotFiniteText = "not finite";

bool all_finite(std::span<const float> values);
bool all_finite(std::span<const double> values);

/// Whether the parameters of the instance are finite, and its loss where it is known.
bool is_finite(const run::Run& run, std::size_t instance);

/// A number with so many decimals; "∞" or "−∞"; or "not finite" where it is NaN.
std::string finite_number(double value, int decimals);

/// Writes "not finite" into a panel, unless it is there already or the panel is much too narrow for the
/// words. what: the words to write. along: where, as a share of the width of the panel.
void say_not_finite(drawing::Panel& panel, std::string_view what = kNotFiniteText, double along = 0.5);

/// Writes "not finite" into every panel with dots, strokes, bars or a heat map of which some cannot be drawn:
/// at their place along x where that is known, else in the middle. Curves are left alone, because they may
/// have gaps for other reasons.
void say_not_finite(drawing::Figure& figure);

/// Adds to the title of the figure how many instances of the runs are not finite; the figure itself may show
/// others. runs: those of the figure.
void count_not_finite(drawing::Figure& figure, std::span<const run::Run* const> runs);

}  // namespace superpose::figures
