#pragma once

#include "superpose/experiment/toml_reader.h"
#include "superpose/study/study.h"

namespace superpose::study {

/// Reads a study from the document of source.text, as parse_study does.
Study parse_study(TomlDocument document, const ExperimentSource& source);

}  // namespace superpose::study
