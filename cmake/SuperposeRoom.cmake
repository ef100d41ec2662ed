# A room is one static library. `superpose_room(NAME HEADERS ... SOURCES ... USES room... USES_INSIDE room... LIBRARIES
# name...)` makes target superpose_NAME, alias superpose::NAME, and lets it include only the rooms it USES; those that it
# USES_INSIDE its sources only. HEADERS: the public ones, which are installed; together they are the C++ interface
# (docs/cpp-api.md). LIBRARIES: other people's, of SuperposeLibraries.cmake. tests/rooms holds all of that. ALONE: sources that
# CMAKE_UNITY_BUILD, which compiles several sources as one, must compile alone: they give names of their own to what
# other sources of the room name alike, or Highway compiles them several times. COLD: nobody waits for what the room
# does, so that its release build is optimised less, which compiles in two thirds of the time.

add_library(superpose_flags INTERFACE)
target_compile_features(superpose_flags INTERFACE cxx_std_20)
# No contraction: a * b + c is one rounding only where the code says MulAdd, so that every compiler gives the
# same bits (docs/reproducibility.md).
target_compile_options(superpose_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -ffp-contract=off
  # GCC 12 sees overflows in the growth of optimised std::vector<std::byte> and std::string that are not there, and
  # strings that are not initialised where an aggregate of them is made.
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-stringop-overflow;-Wno-restrict;-Wno-maybe-uninitialized>"
  # In a unity build Clang finds that a local name hides one of another source.
  "$<$<AND:$<CXX_COMPILER_ID:Clang,AppleClang>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-shadow>"
  $<$<BOOL:${SUPERPOSE_WERROR}>:-Werror>)

set(optimising_compiler $<CXX_COMPILER_ID:GNU,Clang,AppleClang>)

# `superpose_cold(TARGET)`: see COLD above.
function(superpose_cold target)
  target_compile_options(${target} PRIVATE $<$<AND:$<CONFIG:Release>,${optimising_compiler}>:-O1>)
endfunction()

# `superpose_headers(TARGET HEADER...)`: a target whose precompiled headers others reuse. What the standard library alone
# brings, two megabytes of text a source, is half of what compiling most sources takes.
function(superpose_headers target)
  set(source ${PROJECT_BINARY_DIR}/generated/${target}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${source})
  target_link_libraries(${target} PRIVATE superpose_flags)
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

# `superpose_precompile(TARGET COLD)`: has a target, cold or not, use the headers that most rooms include.
function(superpose_precompile target is_cold)
  set(headers superpose_headers)
  if(is_cold)
    set(headers superpose_cold_headers)
  endif()
  if(NOT TARGET ${headers})
    superpose_headers(${headers}
      <fmt/format.h> <algorithm> <array> <cmath> <filesystem> <functional> <map> <memory> <optional> <span> <string>
      <variant> <vector>)
    superpose_link(${headers} fmt)
    set_target_properties(${headers} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    if(is_cold)
      superpose_cold(${headers})
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()

# `superpose_need(ROOM...)`: adds those rooms, and those that they use, where they are not there yet. They are built in
# rooms/, because superpose is the command's place in the build directory.
function(superpose_need)
  foreach(room IN LISTS ARGN)
    if(NOT TARGET superpose_${room})
      add_subdirectory(${PROJECT_SOURCE_DIR}/superpose/${room} ${PROJECT_BINARY_DIR}/rooms/${room})
    endif()
  endforeach()
endfunction()

function(superpose_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "COLD" "" "HEADERS;SOURCES;USES;USES_INSIDE;LIBRARIES;ALONE")
  superpose_need(${room_USES} ${room_USES_INSIDE})
  set(target superpose_${name})
  add_library(${target} STATIC ${room_SOURCES})
  add_library(superpose::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${room_HEADERS})
  set_source_files_properties(${room_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  list(TRANSFORM room_USES PREPEND superpose::)
  list(TRANSFORM room_USES_INSIDE PREPEND superpose::)
  target_link_libraries(${target} PUBLIC ${room_USES} PRIVATE $<BUILD_INTERFACE:superpose_flags> ${room_USES_INSIDE})
  foreach(library IN LISTS room_LIBRARIES)
    superpose_find(${library} found)
    # Of a library of headers alone nothing is left in a room that is built: who links the room need not have it.
    if(library IN_LIST superpose_header_only)
      set(found $<BUILD_INTERFACE:${found}>)
    endif()
    target_link_libraries(${target} PRIVATE ${found})
  endforeach()
  if(room_COLD)
    superpose_cold(${target})
  endif()
  if(fmt IN_LIST room_LIBRARIES AND NOT name STREQUAL kernels) # these are built with options of their own
    superpose_precompile(${target} ${room_COLD})
  endif()
  set_property(GLOBAL APPEND PROPERTY SUPERPOSE_BUILT_ROOMS ${name})

  # What whoever links the room must find: its own libraries and those of the rooms below.
  foreach(used IN LISTS room_USES room_USES_INSIDE)
    get_property(libraries TARGET ${used} PROPERTY SUPERPOSE_LIBRARIES)
    list(APPEND room_LIBRARIES ${libraries})
  endforeach()
  list(REMOVE_DUPLICATES room_LIBRARIES)
  list(REMOVE_ITEM room_LIBRARIES ${superpose_header_only})
  set_target_properties(${target} PROPERTIES SUPERPOSE_LIBRARIES "${room_LIBRARIES}")
endfunction()
