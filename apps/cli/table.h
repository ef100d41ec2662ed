#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace superpose::cli {

/// What a person reads in the place of a number that is not one, or is infinite.
inline constexpr std::string_view kNotFinite = "not finite";

/// A number for a person, with so many significant digits, or kNotFinite.
std::string format_number(double number, int digits);

/// A number for a program, to the last bit: "nan" (without a sign), "inf" and "-inf" where it is none.
std::string csv_number(double number);

/// Rows of cells, each column as wide as it needs and aligned to the right. rows: each as long as the header.
std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows);

}  // namespace superpose::cli
