#pragma once

#include <vector>

#include "superpose/paper/claims.h"
#include "superpose/study/results.h"

namespace superpose::paper {

/// The claims that the study's results have numbers for. returns: empty where there is none.
Claims study_claims(const study::StudyRun& run);

// The claims of each kind of study: a row a kind, in paper/KIND.cpp.
Claims claims_of(const study::JohnsonLindenstrauss& study, const study::JohnsonLindenstraussResult& result);
Claims claims_of(const study::AlmostOrthogonal& study, const study::AlmostOrthogonalResult& result);
Claims claims_of(const study::CompressedSensing& study, const study::CompressedSensingResult& result);

}  // namespace superpose::paper
