# Installs the build into an empty prefix, for the tests that come after it, and looks at what is there: the library, the
# public headers and the command, and nothing else.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

file(REMOVE_RECURSE ${prefix})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix})

file(GLOB there RELATIVE ${prefix} ${prefix}/*)
if(NOT there STREQUAL "bin;include;lib")
  message(FATAL_ERROR "${prefix}: expected bin, include and lib, got ${there}")
endif()
file(GLOB_RECURSE headers RELATIVE ${prefix}/include ${prefix}/include/*)
foreach(header superpose/train/trainer.h superpose/core/version.h superpose/drawing/web/plotly.h)
  if(NOT header IN_LIST headers)
    message(FATAL_ERROR "${prefix}: expected include/${header}, got none")
  endif()
endforeach()
foreach(inside superpose/train/feed.h superpose/kernels/cpu/engine.h superpose/experiment/toml_reader.h)
  if(inside IN_LIST headers)
    message(FATAL_ERROR "${prefix}: expected public headers only, got include/${inside}")
  endif()
endforeach()
