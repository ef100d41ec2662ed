#include <vector>

#include "superpose/train/trainer.h"

/// Trains with what is refused, so that InvalidRequest leaves this shared object.
__attribute__((visibility("default"))) void train_badly() {
  superpose::Trainer({.data = superpose::FeatureDistribution({0.5F}, 1), .importance = {1.0F}}, {.lr = -1});
}
