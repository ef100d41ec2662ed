#pragma once

#include <vector>

#include "superpose/paper/claims.h"
#include "superpose/study/results.h"

namespace superpose::paper {

/// What the results say about the claims, those that the study has the numbers for.
Claims study_claims(const study::StudyRun& run);
Claims claims_of(const study::JohnsonLindenstrauss& study, const study::JohnsonLindenstraussResult& result);
Claims claims_of(const study::AlmostOrthogonal& study, const study::AlmostOrthogonalResult& result);
Claims claims_of(const study::CompressedSensing& study, const study::CompressedSensingResult& result);

}  // namespace superpose::paper
