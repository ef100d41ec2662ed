#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "superpose/paper/catalogue.h"
#include "superpose/train/trainer.h"

// Claims about the best of many restarts. One best-of is one model; several of them, from other random
// numbers each, say how far such models differ. Internal to the catalogue.
namespace superpose::paper {

/// An experiment carried out several times over, of each instance the best restart kept.
struct BestOfs {
  TrainedModel trained;      ///< (repetitions, n_instances)
  std::int64_t n_instances;  ///< of the experiment
  std::int64_t repetitions;

  /// Which instance of `trained` this one is.
  [[nodiscard]] std::int64_t at(std::int64_t repetition, std::int64_t instance) const {
    return repetition * n_instances + instance;
  }
  [[nodiscard]] double loss(std::int64_t repetition, std::int64_t instance) const {
    return static_cast<double>(trained.loss[static_cast<std::size_t>(at(repetition, instance))]);
  }
};

/// Trains the request's experiment so often, with other random numbers than the picture's. The first
/// repetition gives the bits of one alone. returns: nothing when stopped.
std::optional<BestOfs> train_best_ofs(const ClaimsRequest& request, std::int64_t repetitions);

/// The experiment's instances by the density of their first feature, the densest first.
std::vector<std::int64_t> densest_first(const Experiment& experiment);

/// The density of an instance's first feature.
double density(const Experiment& experiment, std::int64_t instance);

/// A claim whose number is the median of one number for each best-of: says how far they spread, too.
Claim median_claim(std::string claim, const Criterion& criterion, const std::vector<double>& of_each);

}  // namespace superpose::paper
