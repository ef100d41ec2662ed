#pragma once

#include <vector>

#include "superpose/paper/claims.h"
#include "superpose/study/results.h"

namespace superpose::paper {

/// What the results say about the claims, those that the study has the numbers for.
std::vector<Claim> study_claims(const study::StudyRun& run);
std::vector<Claim> claims_of(const study::JohnsonLindenstrauss& study,
                             const study::JohnsonLindenstraussResult& result);
std::vector<Claim> claims_of(const study::AlmostOrthogonal& study,
                             const study::AlmostOrthogonalResult& result);
std::vector<Claim> claims_of(const study::CompressedSensing& study,
                             const study::CompressedSensingResult& result);

}  // namespace superpose::paper
