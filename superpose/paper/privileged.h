#pragma once

#include <span>
#include <vector>

#include "superpose/analysis/inhibition.h"
#include "superpose/paper/claims.h"

// What decides claims about neurons; a header so that it can be tested on neurons made by hand. Internal to
// the catalogue.
namespace superpose::paper {

/// The claims that asymmetric superposition with inhibition occurs: that some asymmetric neurons are
/// inhibited, and that nearly all are. models: the asymmetric neurons of each. finite: whether all models
/// are.
Claims inhibition_claims(std::span<const std::vector<AsymmetricNeuron>> models, bool finite);

}  // namespace superpose::paper
