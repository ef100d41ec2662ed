# Installs the build into an empty prefix, then configures, builds and runs consumer/ against it: with two rooms, where
# the libraries of others must not be looked for, and with all.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(prefix ${WORK_DIR}/prefix)
set(build ${WORK_DIR}/build)
set(without_others -D CMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON -D CMAKE_DISABLE_FIND_PACKAGE_tomlplusplus=ON)

# train_toy(FLAG...): consumer/ configured with those, built, run, and what it prints looked at.
function(train_toy)
  file(REMOVE_RECURSE ${build})
  # The sanitizers' flags go along: a program must link what the library was built with.
  run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${build} -G ${GENERATOR}
      -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_BUILD_TYPE=${BUILD_TYPE}
      -D CMAKE_CXX_FLAGS=${CXX_FLAGS} -D CMAKE_CXX_FLAGS_DEBUG=${CXX_FLAGS_DEBUG} ${ARGN})
  run(${CMAKE_COMMAND} --build ${build})
  run(${build}/train_toy)
  foreach(line "step 1999  loss 0\\.[0-9]+" "p = 1\\.00  loss 0\\.[0-9]+" "p = 0\\.05  loss 0\\.[0-9]+")
    if(NOT output MATCHES "${line}")
      message(FATAL_ERROR "train_toy: expected a line like \"${line}\", got:\n${output}")
    endif()
  endforeach()
endfunction()

file(REMOVE_RECURSE ${prefix})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix})
train_toy(-D WHOLE=OFF ${without_others})
train_toy(-D WHOLE=ON)

# docs/cpp-api.md shows this very program.
file(READ ${CMAKE_CURRENT_LIST_DIR}/consumer/train_toy.cpp program)
file(READ ${SOURCE_DIR}/docs/cpp-api.md page)
string(FIND "${page}" "${program}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "docs/cpp-api.md: expected it to show tests/package/consumer/train_toy.cpp as it is")
endif()
