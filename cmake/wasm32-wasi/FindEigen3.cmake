include(HeaderOnly)
header_only(Eigen3 Eigen3::Eigen Eigen)
target_compile_definitions(Eigen3::Eigen INTERFACE EIGEN_DEFAULT_DENSE_INDEX_TYPE=__INT64_TYPE__)
