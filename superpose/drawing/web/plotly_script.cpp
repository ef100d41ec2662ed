#include "superpose/drawing/web/plotly_script.h"

#include <atomic>
#include <memory>
#include <utility>

namespace superpose::drawing {
namespace {

std::atomic<const std::string*> given =
    nullptr;  // never freed: a page may be in the making when the process ends

}  // namespace

std::string_view plotly_script() {
  if (const std::string_view embedded = embedded_plotly_script(); !embedded.empty()) return embedded;
  const std::string* const script = given;
  return script == nullptr ? std::string_view() : std::string_view(*script);
}

void give_plotly_script(std::string script) {
  auto owned = std::make_unique<const std::string>(std::move(script));
  const std::string* nobody = nullptr;
  if (!given.compare_exchange_strong(nobody, owned.get())) return;
  (void)owned.release();  // NOLINT(bugprone-unused-return-value): `given` has it
}

}  // namespace superpose::drawing
