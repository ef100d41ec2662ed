# A room is one static library. `superpose_room(NAME SOURCES ... USES room... PRIVATE library...)` makes
# target superpose_NAME, alias superpose::NAME, and lets it include only the rooms it USES.

add_library(superpose_flags INTERFACE)
target_compile_features(superpose_flags INTERFACE cxx_std_20)
# No contraction: a * b + c is one rounding only where the code says MulAdd, so that every compiler gives the
# same bits (docs/reproducibility.md).
target_compile_options(superpose_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -ffp-contract=off
  # GCC 12 sees overflows in the growth of optimised std::vector<std::byte> and std::string that are not there.
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-stringop-overflow;-Wno-restrict>"
  $<$<BOOL:${SUPERPOSE_WERROR}>:-Werror>)

function(superpose_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;USES;PRIVATE")
  add_library(superpose_${name} STATIC ${room_SOURCES})
  add_library(superpose::${name} ALIAS superpose_${name})
  set_target_properties(superpose_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(superpose_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(superpose_${name} PUBLIC cxx_std_20)
  foreach(used IN LISTS room_USES)
    target_link_libraries(superpose_${name} PUBLIC superpose::${used})
  endforeach()
  target_link_libraries(superpose_${name} PRIVATE $<BUILD_INTERFACE:superpose_flags> ${room_PRIVATE})
  set_property(GLOBAL APPEND PROPERTY SUPERPOSE_ROOMS superpose_${name})
endfunction()
