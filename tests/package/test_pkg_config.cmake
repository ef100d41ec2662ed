# Compiles, links and runs consumer/train_toy.cpp with what pkg-config says of the installed package.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

file(GLOB_RECURSE file ${prefix}/*/superpose.pc)
cmake_path(GET file PARENT_PATH directory)
run(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${directory} pkg-config --static --cflags --libs superpose)
string(STRIP "${output}" flags)
string(TOUPPER "${BUILD_TYPE}" build_type)
separate_arguments(flags UNIX_COMMAND "${CXX_FLAGS} ${CXX_FLAGS_${build_type}} ${flags}")
set(program ${WORK_DIR}/train_toy)
run(${COMPILER} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/consumer/train_toy.cpp ${flags} -o ${program})
run(${program})
expect_training(train_toy)
