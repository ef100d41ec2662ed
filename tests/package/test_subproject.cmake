# Superpose as a part of somebody else's build: subproject/ fetches it, builds one room of it and runs; where it is a
# subdirectory, configuring must do.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

foreach(fetch OFF ON)
  set(build ${WORK_DIR}/subproject_${fetch})
  file(REMOVE_RECURSE ${build})
  run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/subproject -B ${build} -G ${GENERATOR}
      -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_UNITY_BUILD=ON -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON
      -D SUPERPOSE_SOURCE_DIR=${SOURCE_DIR} -D FETCH=${fetch})
endforeach()
run(${CMAKE_COMMAND} --build ${build})
run(${build}/show_samples)
expect_lines(show_samples "[01]\\.[0-9]+ [01]\\.[0-9]+ [01]\\.[0-9]+")

# What is not asked for is neither built nor installed.
run(${CMAKE_COMMAND} --install ${build} --prefix ${build}/prefix)
if(EXISTS ${build}/prefix OR EXISTS ${build}/_deps/superpose-build/superpose)
  message(FATAL_ERROR "subproject: expected no command and nothing to install")
endif()
