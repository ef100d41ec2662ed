#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "superpose/experiment/experiment.h"
#include "superpose/experiment/sweep.h"
#include "superpose/study/study.h"

namespace superpose::store {

/// What can be asked for in a file.
using Description = std::variant<Experiment, Sweep, study::Study>;

/// Reads what a file asks for: a study where it has a [study], a sweep where it has a [sweep], else an
/// experiment. Errors: InvalidRequest as of parse_study, parse_sweep, parse_experiment.
Description parse_description(const ExperimentSource& source);

/// As TOML with every key written out: parsing it gives the same description.
std::string to_toml(const Description& description);

/// What carrying it out leaves: "run", "sweep" or "study".
std::string_view noun(const Description& description);

}  // namespace superpose::store
