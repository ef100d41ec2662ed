# `superpose_instruction_sets(SOURCE...)`: sources that Highway compiles once for each instruction set. Says the least
# that they run on, and leaves out the sets that the kernels are not written for.
function(superpose_instruction_sets)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    # Without SSE4 as the least, Highway would add a target of single lanes.
    set(least -march=x86-64-v2)
    set(left_out HWY_SSE4)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    # Highway 1.0.3's NEON is that with AES. SVE's vectors have no size, so that the kernels' blocks of registers,
    # which are arrays of vectors, cannot hold them; every machine with SVE has NEON, too.
    set(least -march=armv8-a+crypto)
    set(left_out "(HWY_SVE|HWY_SVE2|HWY_SVE_256|HWY_SVE2_128)")
  else()
    return()
  endif()
  set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_DEFINITIONS "HWY_DISABLED_TARGETS=${left_out}")
  set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS "$<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:${least}>")
endfunction()
