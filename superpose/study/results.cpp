#include "superpose/study/results.h"

#include <fmt/format.h>

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "superpose/core/version.h"
#include "superpose/study/fields.h"

namespace superpose::study {
namespace {

/// Puts a tensor of a file where a tensor of a result has its numbers.
class TensorReader {
 public:
  TensorReader(const safetensors::File& file, const Tensor& tensor) : file_(file), tensor_(tensor) {}

  void operator()(std::vector<std::int64_t>* numbers) const {
    *numbers = file_.integers(tensor_.name, tensor_.shape);
  }
  void operator()(std::vector<float>* numbers) const { *numbers = file_.floats(tensor_.name, tensor_.shape); }

 private:
  const safetensors::File& file_;
  const Tensor& tensor_;
};

}  // namespace

StudyResult empty_result(const Study& study) {
  return std::visit(
      [](const auto& kind) -> StudyResult { return typename std::remove_cvref_t<decltype(kind)>::Result(); },
      study.kind);
}

std::optional<StudyResult> measure(const Study& study, const MeasureOptions& options) {
  StudyResult result = empty_result(study);
  if (!measure(study, options, result)) return std::nullopt;
  return result;
}

bool measure(const Study& study, const MeasureOptions& options, StudyResult& result) {
  return std::visit(
      [&](const auto& kind) {
        using Result = std::remove_cvref_t<decltype(kind)>::Result;
        return measure(kind, study.seed, options, std::get<Result>(result));
      },
      study.kind);
}

std::vector<float> losses(const StudyResult& result) {
  return std::visit(
      [](const auto& of_kind) -> std::vector<float> {
        if constexpr (requires { of_kind.loss; }) {
          return of_kind.loss;
        } else {
          return {};
        }
      },
      result);
}

safetensors::File to_tensors(const StudyRun& run) {
  safetensors::File file;
  file.metadata = {{"format", "pt"},  // what Hugging Face's tools want to see
                   {"superpose_version", std::string(kVersion)},
                   {"kind", std::string(kind_name(run.study))},
                   {"seed", fmt::to_string(run.study.seed)}};
  std::visit(
      [&](const auto& study) {
        auto result = std::get<typename std::remove_cvref_t<decltype(study)>::Result>(run.result);
        for (const Tensor& tensor : tensors(study, result)) {
          std::visit([&](auto* numbers) { file.add(std::string(tensor.name), tensor.shape, *numbers); },
                     tensor.numbers);
        }
      },
      run.study.kind);
  return file;
}

StudyResult read_result(const safetensors::File& file, const Study& study) {
  return std::visit(
      [&](const auto& of_kind) -> StudyResult {
        typename std::remove_cvref_t<decltype(of_kind)>::Result result;
        for (const Tensor& tensor : tensors(of_kind, result))
          std::visit(TensorReader(file, tensor), tensor.numbers);
        return result;
      },
      study.kind);
}

}  // namespace superpose::study
