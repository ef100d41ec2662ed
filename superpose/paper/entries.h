#pragma once

#include <string>
#include <string_view>

#include "superpose/paper/catalogue.h"

// The catalogue's entries. Each is in a file of its own, paper/NAME.cpp. Internal to the catalogue.
namespace superpose::paper {

CatalogueEntry intro();     ///< five features in the plane, from dense to sparse
CatalogueEntry features();  ///< twenty features in five dimensions: which are represented, and how

CatalogueEntry phase_2_1();  ///< two features in one dimension: the phase diagram
CatalogueEntry phase_3_2();  ///< three features in two dimensions

CatalogueEntry geometry();  ///< many features and dimensions: which polytopes they settle in

CatalogueEntry perturbed_pentagon();  ///< one feature of a pentagon sparser or denser than the others

CatalogueEntry correlated();  ///< features that occur together, or never

CatalogueEntry collapse();  ///< correlated pairs, from a hexagon to their principal components

CatalogueEntry dynamics();  ///< how learning goes: jumps and stages

CatalogueEntry adversarial();  ///< vulnerability to adversarial attacks, over the density

CatalogueEntry privileged_basis();  ///< neurons that answer to one feature, then to several
CatalogueEntry absolute_value();    ///< computing in superposition

CatalogueEntry johnson_lindenstrauss();  ///< random projections keep distances
CatalogueEntry almost_orthogonal();      ///< how many directions fit
CatalogueEntry compressed_sensing();     ///< sparse vectors from few measurements, and the toy models

/// An entry that measures a study with the kind's defaults. The caller adds its quick version and its
/// figures. kind: what files call it, as in study::JohnsonLindenstrauss::kName.
CatalogueEntry study_entry(std::string name, std::string summary, std::string_view kind);

}  // namespace superpose::paper
