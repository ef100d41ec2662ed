include(HeaderOnly)
header_only(Eigen3 Eigen3::Eigen Eigen)
