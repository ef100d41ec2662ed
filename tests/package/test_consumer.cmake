# Configures, builds and runs consumer/ against the installed package: with two rooms, where the libraries of others must
# not be looked for, or with all (WHOLE).
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

set(build ${WORK_DIR}/consumer_${WHOLE})
# Nothing is left of libraries that are headers alone.
set(absent Eigen3 nlohmann_json)
if(NOT WHOLE)
  list(APPEND absent PkgConfig tomlplusplus)
endif()
list(TRANSFORM absent REPLACE "(.+)" "-DCMAKE_DISABLE_FIND_PACKAGE_\\1=ON")

file(REMOVE_RECURSE ${build})
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${build} -G ${GENERATOR} ${compiler_flags}
    -D CMAKE_PREFIX_PATH=${prefix} -D WHOLE=${WHOLE} ${absent})
run(${CMAKE_COMMAND} --build ${build})
run(${build}/train_toy)
expect_training(train_toy)

if(NOT WHOLE)
  run(${build}/host)
  expect_lines(host "plugin: lr: expected a finite number of at least 0, got -1")
  # A shared object does not export what it is linked with, but for exceptions.
  run(nm --dynamic --defined-only --demangle ${build}/libplugin.so)
  string(REGEX MATCHALL " [A-Z] superpose::[^\n]*" exported "${output}")
  list(FILTER exported EXCLUDE REGEX " superpose::(InvalidRequest|Error)::")
  if(exported OR NOT output MATCHES "train_badly")
    list(JOIN exported "\n" exported)
    message(FATAL_ERROR "libplugin.so: expected to export train_badly and exceptions, got\n${exported}")
  endif()

  # docs/cpp-api.md shows this very program.
  file(READ ${CMAKE_CURRENT_LIST_DIR}/consumer/train_toy.cpp program)
  file(READ ${SOURCE_DIR}/docs/cpp-api.md page)
  string(FIND "${page}" "${program}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "docs/cpp-api.md: expected it to show tests/package/consumer/train_toy.cpp as it is")
  endif()
endif()
