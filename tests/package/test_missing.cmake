# Where a library is missing, the configuration names it and its Debian package in one line, the last one that says anything.
cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${WORK_DIR}/missing -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
    -D SUPERPOSE_BUILD_TESTS=OFF -D CMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON -D CMAKE_DISABLE_FIND_PACKAGE_CLI11=ON
  OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
string(CONCAT expected "superpose: missing CLI11 2[.]1 or newer \\(libcli11-dev\\), Eigen3 3[.]4 or newer \\(libeigen3-dev\\)"
  "; on Debian and Ubuntu: scripts/install-dependencies build python\n[ \n]*-- Configuring incomplete")
if(status EQUAL 0 OR NOT output MATCHES "${expected}")
  message(FATAL_ERROR "expected status 1 and a line like \"${expected}\", got ${status} and\n${output}")
endif()
