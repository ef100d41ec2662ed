#include "superpose/paper/study_claims.h"

#include <string>
#include <utility>
#include <variant>

#include "superpose/paper/entries.h"

namespace superpose::paper {
namespace {

/// The result of a study of that kind.
const study::JohnsonLindenstraussResult& of(const study::JohnsonLindenstrauss&,
                                            const study::StudyResult& result) {
  return std::get<study::JohnsonLindenstraussResult>(result);
}
const study::AlmostOrthogonalResult& of(const study::AlmostOrthogonal&, const study::StudyResult& result) {
  return std::get<study::AlmostOrthogonalResult>(result);
}
const study::CompressedSensingResult& of(const study::CompressedSensing&, const study::StudyResult& result) {
  return std::get<study::CompressedSensingResult>(result);
}

}  // namespace

CatalogueEntry study_entry(std::string name, std::string summary, std::string kind) {
  std::string toml = "name = \"" + name + "\"\n\n[study]\nkind = \"" + std::move(kind) + "\"\n";
  return {.name = std::move(name),
          .summary = std::move(summary),
          .toml = std::move(toml),
          .quick = {},
          .companions = {},
          .figures = {},
          .measure = {},
          .is_study = true};
}

Claims study_claims(const study::StudyRun& run) {
  return std::visit([&](const auto& study) { return claims_of(study, of(study, run.result)); },
                    run.study.kind);
}

}  // namespace superpose::paper
