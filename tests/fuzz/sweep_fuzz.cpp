// Any text must give a Sweep, or an InvalidRequest in one line. Writing a Sweep that was read, with every
// point listed, and reading it again must give the same.

#include "superpose/experiment/sweep.h"
#include "tests/fuzz/fuzz_text.h"

namespace {

using superpose::fuzz::expect;

std::optional<superpose::Sweep> parse(const std::string& text) {
  return superpose::fuzz::parse_or_refuse([&] {
    return superpose::parse_sweep({.text = text, .file = "fuzz.toml", .overrides = {}, .memory_limit = 1e8});
  });
}

/// The text that mutations start from.
constexpr std::string_view kFirst = R"([model]
n_features = 3
n_hidden = 2
[train]
steps = 10
[sweep]
data.feature_probability = [1.0, { geometric = [0.5, 0.1] }]
model.n_hidden = [1, 2]
points = [{ train.lr = 0.1, data.importance = [1, 1, 0.5] }, { train.lr = 0.2 }]
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto sweep = parse(superpose::fuzz::text_of(data, size));
  if (!sweep) return 0;
  const auto again = parse(sweep->toml);
  expect(again && again->runs == sweep->runs && again->toml == sweep->toml);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  return superpose::fuzz::mutate(data, size, max_size, seed, kFirst);
}
