// Any text must give an Experiment, or an InvalidRequest in one line. Writing an Experiment that was read and
// reading it again must give the same.

#include "superpose/experiment/experiment.h"
#include "tests/fuzz/fuzz_text.h"

namespace {

using superpose::fuzz::expect;

std::optional<superpose::Experiment> parse(const std::string& text) {
  return superpose::fuzz::parse_or_refuse([&] {
    return superpose::parse_experiment(
        {.text = text, .file = "fuzz.toml", .overrides = {}, .memory_limit = 1e8});
  });
}

/// The text that mutations start from.
constexpr std::string_view kFirst = R"(name = "a"
[model]
kind = "relu_output"
n_features = 3
n_hidden = 2
n_instances = 2
init = { normal = 0.1 }
[data]
feature_probability = { geometric = [1.0, 0.5] }
importance = [[1, 1, 1], [1, 0.5, 0]]
sets = [{ correlated = [0, { exactly = 1, of = [1] }] }]
[train]
steps = 10
lr = 1e-3
betas = [0.9, 0.999]
seed = 1
[record]
every = 2
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto experiment = parse(superpose::fuzz::text_of(data, size));
  if (experiment) expect(parse(to_toml(*experiment)) == experiment);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  return superpose::fuzz::mutate(data, size, max_size, seed, kFirst);
}
