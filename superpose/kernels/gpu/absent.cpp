#include "superpose/core/error.h"
#include "superpose/kernels/backend.h"

namespace superpose::kernels {
namespace {

/// A stub in the place of a future back end for graphics processors.
class AbsentGpu final : public BackEnd {
 public:
  [[nodiscard]] std::string_view name() const override { return "gpu"; }
  [[nodiscard]] std::vector<std::string> targets() const override { return {}; }
  [[nodiscard]] std::unique_ptr<Session> open(SessionOptions /*options*/) const override {
    throw InvalidRequest({.key = "back end", .expected = "one that this build has", .got = "gpu"});
  }
  [[nodiscard]] Most most(const Step& /*step*/, std::size_t /*batch_size*/) const override { return {}; }
};

}  // namespace

const BackEnd& gpu_back_end() {
  static const AbsentGpu absent;
  return absent;
}

}  // namespace superpose::kernels
