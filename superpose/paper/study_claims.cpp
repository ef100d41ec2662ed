#include "superpose/paper/study_claims.h"

#include <variant>

namespace superpose {
namespace {

/// The result of a study of that kind.
const JohnsonLindenstraussResult& of(const JohnsonLindenstrauss&, const StudyResult& result) {
  return std::get<JohnsonLindenstraussResult>(result);
}
const AlmostOrthogonalResult& of(const AlmostOrthogonal&, const StudyResult& result) {
  return std::get<AlmostOrthogonalResult>(result);
}
const CompressedSensingResult& of(const CompressedSensing&, const StudyResult& result) {
  return std::get<CompressedSensingResult>(result);
}

}  // namespace

std::vector<Claim> study_claims(const StudyRun& run) {
  return std::visit([&](const auto& study) { return claims_of(study, of(study, run.result)); },
                    run.study.kind);
}

}  // namespace superpose
