#include "apps/cli/version.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "superpose/core/threads.h"
#include "superpose/core/version.h"
#include "superpose/experiment/memory.h"
#include "superpose/kernels/backend.h"
#include "superpose/store/available_memory.h"

namespace superpose::cli {
namespace {

#ifdef __clang__
constexpr std::string_view kCompiler = "Clang " __clang_version__;
#elif defined(__GNUC__)
constexpr std::string_view kCompiler = "GCC " __VERSION__;
#else
constexpr std::string_view kCompiler = "unknown";
#endif

}  // namespace

std::string version_text(bool verbose) {
  std::string text = fmt::format("superpose {}\n", kVersion);
  if (!verbose) return text;
  const auto targets = kernels::cpu_back_end().targets();
  const auto memory = store::available_bytes();
  text += fmt::format("instruction set: {} (of {})\n", targets.front(), fmt::join(targets, ", "));
  text += fmt::format("threads: {}\n", hardware_threads());
  text += fmt::format("memory limit: {}\n", memory ? describe_bytes(*memory) : "none that is known");
  text += fmt::format("compiler: {}\n", kCompiler);
  return text;
}

}  // namespace superpose::cli
