#pragma once

namespace superpose::kernels {
class BackEnd;
}

namespace superpose {

/// The back end that trains where no other is named: the host's own processor.
const kernels::BackEnd& default_back_end();

}  // namespace superpose
