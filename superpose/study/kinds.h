#pragma once

#include <variant>

#include "superpose/study/almost_orthogonal.h"
#include "superpose/study/compressed_sensing.h"
#include "superpose/study/johnson_lindenstrauss.h"

namespace superpose::study {

/// The kinds of studies. Each row is one kind; kind.h says what a kind provides.
using StudyKind = std::variant<JohnsonLindenstrauss,  //
                               AlmostOrthogonal,      //
                               CompressedSensing>;

template <class Kinds>
struct ResultsOf;
template <class... Kinds>
struct ResultsOf<std::variant<Kinds...>> {
  using Type = std::variant<typename Kinds::Result...>;
};

/// The result of any kind, in the order of StudyKind.
using StudyResult = ResultsOf<StudyKind>::Type;

}  // namespace superpose::study
