#include "superpose/drawing/web/plotly_script.h"

namespace superpose::drawing {

std::string_view embedded_plotly_script() {
  return {};
}

}  // namespace superpose::drawing
