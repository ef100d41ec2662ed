#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace superpose::cli {

/// What people read instead of a number that is NaN or infinite.
inline constexpr std::string_view kNotFinite = "not finite";

/// A number for people, with so many significant digits, or kNotFinite.
std::string format_number(double number, int digits);

/// Rows of cells. Each column is as wide as it needs to be and aligned to the right. rows: each as long as
/// the header.
std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows);

}  // namespace superpose::cli
