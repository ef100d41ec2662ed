#pragma once

#include "superpose/analysis/polytopes.h"
#include "superpose/drawing/colormap.h"

namespace superpose::figures {

/// The colour of features whose component is this polytope. Each polytope that trained models form has one,
/// of Okabe and Ito's, which most eyes can tell apart. Features by themselves are grey, components that are
/// no polytope dark grey.
constexpr drawing::Color color_of(Polytope polytope) {
  switch (polytope) {
    case Polytope::kSingle:
      return {125, 125, 125};
    case Polytope::kDigon:
      return {0, 114, 178};
    case Polytope::kTriangle:
      return {0, 158, 115};
    case Polytope::kTetrahedron:
      return {230, 159, 0};
    case Polytope::kPentagon:
      return {213, 94, 0};
    case Polytope::kSquareAntiprism:
      return {204, 121, 167};
    case Polytope::kSquare:
    case Polytope::kPolygon:
      return {86, 180, 233};
    case Polytope::kTriangularBipyramid:
    case Polytope::kOctahedron:
    case Polytope::kPentagonalBipyramid:
      return {150, 120, 60};
    case Polytope::kOther:
      break;
  }
  return {50, 50, 50};
}

}  // namespace superpose::figures
