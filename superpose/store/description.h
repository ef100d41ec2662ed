#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "superpose/experiment/experiment.h"
#include "superpose/experiment/sweep.h"
#include "superpose/study/study.h"

namespace superpose::store {

/// What a file can ask for.
using Description = std::variant<Experiment, Sweep, study::Study>;

/// Reads what a file asks for: a study where it has a [study], a sweep where it has a [sweep], else an
/// experiment. Errors: InvalidRequest as of parse_study, parse_sweep, parse_experiment.
Description parse_description(const ExperimentSource& source);

/// The description as TOML with every key written out. Parsing it gives the same description.
std::string to_toml(const Description& description);

/// The word for what carrying out the description leaves: "run", "sweep" or "study".
std::string_view noun(const Description& description);

}  // namespace superpose::store
