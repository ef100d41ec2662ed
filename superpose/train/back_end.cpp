#include "superpose/train/back_end.h"

#include "superpose/kernels/backend.h"

namespace superpose {

const kernels::BackEnd& default_back_end() {
  return kernels::cpu_back_end();
}

}  // namespace superpose
