// Any text must give a Study, or an InvalidRequest in one line. Writing a Study that was read and reading it
// again must give the same.

#include "superpose/study/study.h"
#include "tests/fuzz/fuzz_text.h"

namespace {

using superpose::fuzz::expect;

std::optional<std::string> parsed(const std::string& text) {
  return superpose::fuzz::parse_or_refuse([&] {
    return superpose::study::to_toml(superpose::study::parse_study(
        {.text = text, .file = "fuzz.toml", .overrides = {}, .memory_limit = 1e8}));
  });
}

/// The text that mutations start from.
constexpr std::string_view kFirst = R"(name = "a"
[study]
kind = "johnson_lindenstrauss"
seed = 1
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto toml = parsed(superpose::fuzz::text_of(data, size));
  if (toml) expect(parsed(*toml) == toml);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  return superpose::fuzz::mutate(data, size, max_size, seed, kFirst);
}
