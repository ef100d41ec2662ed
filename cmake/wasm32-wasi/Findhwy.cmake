include(HeaderOnly)
header_only(hwy hwy::hwy hwy)
