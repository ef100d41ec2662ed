#include "superpose/drawing/web/plotly_script.h"

namespace superpose::figures {

std::string_view plotly_script() {
  return {};
}

}  // namespace superpose::figures
