#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/experiment/experiment.h"
#include "superpose/study/kinds.h"

namespace superpose {
struct Key;
}

namespace superpose::study {

/// Something that is measured instead of trained: a file with a [study] in place of [model]. Only the kind
/// must be given in such a file; the defaults of the other keys are those of the kind's struct.
struct Study {
  std::string name = "study";
  std::uint32_t seed = 0;
  StudyKind kind;
  friend bool operator==(const Study&, const Study&) = default;
};

/// Reads and checks a study. Overrides work as in parse_experiment and may change this kind's keys.
/// Errors: InvalidRequest, one line, as of parse_experiment.
Study parse_study(const ExperimentSource& source);

/// The study as TOML with every key written out. Parsing it gives the same study, to the bit.
std::string to_toml(const Study& study);

/// What files call the study's kind: "johnson_lindenstrauss".
std::string_view kind_name(const Study& study);

/// Every key that a file of this study's kind may have (experiment/experiment_keys.h).
std::vector<Key> keys_of(const Study& study);

}  // namespace superpose::study
