#include "superpose/figures/plotly_script.h"

namespace superpose::figures {

std::string_view embedded_plotly_script() {
  return {};
}

}  // namespace superpose::figures
