#include <cstdio>
#include <vector>

#include "superpose/core/random.h"
#include "superpose/data/feature_distribution.h"

int main() {
  const superpose::FeatureDistribution data(std::vector<float>(3, 0.5F), 3);
  const superpose::philox::Key key = superpose::stream_key(/*seed=*/1, superpose::Stream::kCaller);
  const std::vector<float> x = data.batch(key, /*instance=*/0, /*step=*/0, /*n_samples=*/4);
  for (std::size_t i = 0; i < x.size(); i += 3)
    std::printf("%.3f %.3f %.3f\n", static_cast<double>(x[i]), static_cast<double>(x[i + 1]),
                static_cast<double>(x[i + 2]));
  return 0;
}
