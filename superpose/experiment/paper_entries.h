#pragma once

#include "superpose/experiment/catalogue.h"

// The catalogue's entries, a file each: paper_NAME.cpp. Internal to the catalogue.
namespace superpose::paper {

CatalogueEntry intro();     ///< five features in the plane, from dense to sparse
CatalogueEntry features();  ///< twenty features in five dimensions: which are represented, and how

}  // namespace superpose::paper
