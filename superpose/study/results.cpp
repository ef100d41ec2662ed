#include "superpose/study/results.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "superpose/core/version.h"

namespace superpose::study {
namespace {

using Counts = std::vector<std::int64_t>;

// visit(name, tensor, shape): once for every tensor of a result.

void visit_tensors(const JohnsonLindenstrauss& study, JohnsonLindenstraussResult& result, auto&& visit) {
  const std::int64_t dimensions = std::ssize(study.n_dimensions), eps = std::ssize(study.eps);
  visit("k", result.k, Counts{eps});
  visit("distortion", result.distortion,
        Counts{dimensions, study.trials, eps, JohnsonLindenstraussResult::kLevels});
  visit("share_beyond", result.share_beyond, Counts{dimensions, study.trials, eps});
}

void visit_tensors(const AlmostOrthogonal& study, AlmostOrthogonalResult& result, auto&& visit) {
  const std::int64_t eps = std::ssize(study.eps), vectors = std::ssize(study.curve_vectors);
  visit("drawn", result.drawn, Counts{study.trials, eps, std::ssize(study.drawn_dimensions)});
  visit("spread", result.spread, Counts{eps, std::ssize(study.spread_dimensions)});
  visit("curve_drawn", result.curve_drawn, Counts{study.trials, vectors});
  visit("curve_spread", result.curve_spread, Counts{vectors});
  visit("known_coherence", result.known_coherence, Counts{AlmostOrthogonalResult::kKnown});
}

void visit_tensors(const CompressedSensing& study, CompressedSensingResult& result, auto&& visit) {
  const Counts toys = {std::ssize(study.n_features), std::ssize(study.feature_probability)};
  visit("m", result.m, Counts{study.grid});
  visit("k", result.k, Counts{study.grid, study.grid});
  visit("recovered", result.recovered, Counts{study.grid, study.grid});
  visit("dimensions_per_feature", result.dimensions_per_feature, toys);
  visit("represented", result.represented, toys);
  visit("loss", result.loss, toys);
}

/// The result that belongs to a kind of study.
JohnsonLindenstraussResult& of(const JohnsonLindenstrauss&, StudyResult& result) {
  return result.emplace<JohnsonLindenstraussResult>();
}
AlmostOrthogonalResult& of(const AlmostOrthogonal&, StudyResult& result) {
  return result.emplace<AlmostOrthogonalResult>();
}
CompressedSensingResult& of(const CompressedSensing&, StudyResult& result) {
  return result.emplace<CompressedSensingResult>();
}

/// Calls `use` with a study of a kind and the result that goes with it.
template <class Use>
auto with_both(const StudyRun& run, const Use& use) {
  return std::visit(
      [&](const auto& study) {
        using Result = std::remove_cvref_t<decltype(of(study, std::declval<StudyResult&>()))>;
        return use(study, std::get<Result>(run.result));
      },
      run.study.kind);
}

}  // namespace

std::optional<StudyResult> measure(const Study& study, const MeasureOptions& options) {
  return std::visit(
      [&](const auto& of_kind) -> std::optional<StudyResult> {
        auto result = measure(of_kind, study.seed, options);
        if (!result) return std::nullopt;
        return StudyResult(*std::move(result));
      },
      study.kind);
}

safetensors::File to_tensors(const StudyRun& run) {
  safetensors::File file;
  file.metadata = {{"format", "pt"},  // what Hugging Face's tools want to see
                   {"superpose_version", std::string(kVersion)},
                   {"kind", std::string(kind_name(run.study))},
                   {"seed", fmt::to_string(run.study.seed)}};
  with_both(run, [&](const auto& study, auto result) {
    visit_tensors(study, result, [&](std::string_view name, const auto& tensor, const Counts& shape) {
      file.add(std::string(name), shape, tensor);
    });
    return 0;
  });
  return file;
}

StudyResult read_result(const safetensors::File& file, const Study& study) {
  StudyResult result;
  const auto read = [&](std::string_view name, auto& tensor, const Counts& shape) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(tensor)>, std::vector<float>>) {
      tensor = file.floats(name, shape);
    } else {
      tensor = file.integers(name, shape);
    }
  };
  std::visit([&](const auto& of_kind) { visit_tensors(of_kind, of(of_kind, result), read); }, study.kind);
  return result;
}

}  // namespace superpose::study
