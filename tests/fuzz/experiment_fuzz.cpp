// Whatever the text: an Experiment or InvalidRequest in one line. An Experiment that was read survives being
// written.

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "superpose/core/error.h"
#include "superpose/experiment/experiment.h"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

std::optional<superpose::Experiment> parse_or_refuse(std::string text) {
  try {
    return superpose::parse_experiment({.text = std::move(text), .file = "fuzz.toml", .overrides = {}});
  } catch (const superpose::InvalidRequest& error) {
    expect(std::string_view(error.what()).find('\n') == std::string_view::npos);
    return std::nullopt;
  }
}

/// Where mutation begins.
constexpr std::string_view kSeed = R"(name = "a"
[model]
kind = "relu_output"
n_features = 3
n_hidden = 2
n_instances = 2
init = { normal = 0.1 }
[data]
feature_probability = { geometric = [1.0, 0.5] }
importance = [[1, 1, 1], [1, 0.5, 0]]
[train]
steps = 10
lr = 1e-3
betas = [0.9, 0.999]
seed = 1
[record]
every = 2
)";

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto experiment = parse_or_refuse({reinterpret_cast<const char*>(data), size});
  if (experiment) expect(parse_or_refuse(to_toml(*experiment)) == experiment);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int) {
  if (size > 1) return LLVMFuzzerMutate(data, size, max_size);
  const std::string_view seed = kSeed.substr(0, max_size);
  std::ranges::copy(seed, data);
  return seed.size();
}
