#pragma once

#include <string>
#include <vector>

namespace superpose::cli {

/// A number with so many significant digits; "nan" has no sign.
std::string format_number(double number, int digits);

/// Rows of cells, each column as wide as it needs and aligned to the right. rows: each as long as the header.
std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows);

}  // namespace superpose::cli
