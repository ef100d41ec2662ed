# What the tests here have in common.

# run(COMMAND...): runs it and leaves what it says in `output`. Whatever fails ends the test.
function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# expect_lines(PROGRAM PATTERN...): `output`, what the program said, has a line like each.
function(expect_lines program)
  foreach(line IN LISTS ARGN)
    if(NOT output MATCHES "${line}")
      message(FATAL_ERROR "${program}: expected a line like \"${line}\", got:\n${output}")
    endif()
  endforeach()
endfunction()

# expect_training(PROGRAM): `output` is what train_toy says.
function(expect_training program)
  expect_lines(${program} "step 1999  loss 0\\.[0-9]+" "p = 1\\.00  loss 0\\.[0-9]+" "p = 0\\.05  loss 0\\.[0-9]+")
endfunction()

# Where package.install installs to.
set(prefix ${WORK_DIR}/prefix)

# The sanitizers' flags go along: a program must link what the library was built with.
set(compiler_flags -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_BUILD_TYPE=${BUILD_TYPE}
    -D CMAKE_CXX_FLAGS=${CXX_FLAGS} -D CMAKE_CXX_FLAGS_DEBUG=${CXX_FLAGS_DEBUG})
