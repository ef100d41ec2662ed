#pragma once

#include <optional>
#include <vector>

#include "superpose/models/safetensors.h"
#include "superpose/study/study.h"

namespace superpose::study {

/// A finished study. The result holds the numbers of measurements.safetensors, so claims and figures rest on
/// what is on disk.
struct StudyRun {
  Study study;
  StudyResult result;
};

/// Measures a study of any kind from the beginning. returns: nothing when stopped.
std::optional<StudyResult> measure(const Study& study, const MeasureOptions& options);
/// Measures what options.done does not say is in the result already. result: of the study's kind. returns:
/// false when stopped.
bool measure(const Study& study, const MeasureOptions& options, StudyResult& result);
/// The result of a study of which nothing has been measured.
StudyResult empty_result(const Study& study);

/// The final losses of the models that the study trained. returns: empty for kinds that train no models.
std::vector<float> losses(const StudyResult& result);

/// The result as the tensors of measurements.safetensors.
safetensors::File to_tensors(const StudyRun& run);
/// The result that to_tensors wrote. Errors: InvalidRequest when a tensor is missing or has another shape.
StudyResult read_result(const safetensors::File& file, const Study& study);

}  // namespace superpose::study
