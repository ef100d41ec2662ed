// Any --set must give an Experiment and a Sweep, or an InvalidRequest in one line. The input is a list of
// overrides, applied in order.

#include "superpose/experiment/sweep.h"
#include "tests/fuzz/fuzz_text.h"

namespace {

using superpose::fuzz::expect;
using superpose::fuzz::parse_or_refuse;

/// A zero byte ends an override. Line ends could not, because values may contain them.
std::vector<std::string> overrides_of(std::string_view text) {
  std::vector<std::string> overrides;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    overrides.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return overrides;
}

/// The text that mutations start from.
constexpr std::string_view kFirst(
    "model.n_features=4\0data.importance=[1, 1, 0.5, 0]\0train.lr=1e-2\0name=a.b\0init={ normal = 0.1 }", 88);

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const superpose::ExperimentSource experiment{
      .text = "[train]\nsteps = 10\n",
      .file = "fuzz.toml",
      .overrides = overrides_of(superpose::fuzz::text_of(data, size)),
      .memory_limit = 1e8};
  const auto read = parse_or_refuse([&] { return superpose::parse_experiment(experiment); });
  if (read) {
    const superpose::ExperimentSource written{.text = to_toml(*read), .overrides = {}};
    expect(parse_or_refuse([&] { return superpose::parse_experiment(written); }) == read);
  }

  superpose::ExperimentSource sweep = experiment;
  sweep.text = "[model]\nn_features = 4\n[sweep]\ntrain.lr = [0.1, 0.2]\n";
  parse_or_refuse([&] { return superpose::parse_sweep(sweep); });
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  return superpose::fuzz::mutate(data, size, max_size, seed, kFirst);
}
