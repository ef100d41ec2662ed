#pragma once

#include <vector>

#include "superpose/paper/claims.h"
#include "superpose/study/results.h"

namespace superpose {

/// What the results say about the claims, those that the study has the numbers for.
std::vector<Claim> study_claims(const StudyRun& run);
std::vector<Claim> claims_of(const JohnsonLindenstrauss& study, const JohnsonLindenstraussResult& result);
std::vector<Claim> claims_of(const AlmostOrthogonal& study, const AlmostOrthogonalResult& result);
std::vector<Claim> claims_of(const CompressedSensing& study, const CompressedSensingResult& result);

}  // namespace superpose
