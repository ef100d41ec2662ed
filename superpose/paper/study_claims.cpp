#include "superpose/paper/study_claims.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "superpose/paper/entries.h"

namespace superpose::paper {

CatalogueEntry study_entry(std::string name, std::string summary, std::string_view kind) {
  std::string toml = fmt::format("name = \"{}\"\n\n[study]\nkind = \"{}\"\n", name, kind);
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
  return std::visit(
      [&](const auto& study) {
        using Result = std::remove_cvref_t<decltype(study)>::Result;
        return claims_of(study, std::get<Result>(run.result));
      },
      run.study.kind);
}

}  // namespace superpose::paper
