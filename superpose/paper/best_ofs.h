#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "superpose/paper/catalogue.h"
#include "superpose/train/trainer.h"

// Claims about the best of many restarts. One best-of is one model. Several best-ofs, each from other random
// numbers, show how far such models differ. Internal to the catalogue.
namespace superpose::paper {

/// An experiment carried out several times. Each time keeps the best restart of every instance.
struct BestOfs {
  TrainedModel trained;      ///< (repetitions, n_instances)
  std::int64_t n_instances;  ///< of the experiment
  std::int64_t repetitions;

  /// The index in `trained` of an instance in a repetition.
  [[nodiscard]] std::int64_t at(std::int64_t repetition, std::int64_t instance) const {
    return repetition * n_instances + instance;
  }
  [[nodiscard]] double loss(std::int64_t repetition, std::int64_t instance) const {
    return static_cast<double>(trained.loss[static_cast<std::size_t>(at(repetition, instance))]);
  }
};

/// Trains the request's experiment several times, with other random numbers than the picture's. The first
/// repetition has the same bits as a single one. returns: nothing when stopped.
std::optional<BestOfs> train_best_ofs(const ClaimsRequest& request, std::int64_t repetitions);

/// The experiment's instances by the density of their first feature, the densest first.
std::vector<std::int64_t> densest_first(const Experiment& experiment);

/// The density of an instance's first feature.
double density(const Experiment& experiment, std::int64_t instance);

/// A claim about the median of a number that each best-of has. It also holds the spread of these numbers.
Claim median_claim(std::string claim, const Criterion& criterion, const std::vector<double>& of_each);

}  // namespace superpose::paper
