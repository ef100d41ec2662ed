#pragma once

#include <toml++/toml.h>

#include "superpose/study/study.h"

namespace superpose::study {

/// Reads a study from the document of source.text, as parse_study does.
Study parse_study(toml::table document, const ExperimentSource& source);

}  // namespace superpose::study
