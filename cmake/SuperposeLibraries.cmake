# Other people's libraries that rooms are built with: `superpose_find(NAME out)` finds one of those below, once it is
# needed, and puts the target to link into the variable `out`. What is not needed is not looked for, and what is missing is
# named at the end of the configuration, all of it at once: `superpose_missing(out)` gives the line, "" where nothing is.

set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON) # whoever links a room that is linked with them knows them, too

# Name, least version, target, Debian's package.
set(superpose_libraries
  "Threads       0      Threads::Threads             libc6-dev"
  "fmt           9      fmt::fmt                     libfmt-dev"
  "hwy           1.0.3  hwy::hwy                     libhwy-dev"
  "Eigen3        3.4    Eigen3::Eigen                libeigen3-dev"
  "nlohmann_json 3.11   nlohmann_json::nlohmann_json nlohmann-json3-dev"
  "tomlplusplus  3.3    tomlplusplus::tomlplusplus   libtomlplusplus-dev"
  "cairo         1.16   PkgConfig::cairo             libcairo2-dev"
  "CLI11         2.1    CLI11::CLI11                 libcli11-dev"
  "GTest         1.12   GTest::gmock                 libgmock-dev")

function(superpose_find name out)
  set(row ${superpose_libraries})
  list(FILTER row INCLUDE REGEX "^${name} ")
  if(NOT row)
    message(FATAL_ERROR "superpose_find: expected a library of cmake/SuperposeLibraries.cmake, got ${name}")
  endif()
  separate_arguments(row UNIX_COMMAND "${row}")
  list(GET row 1 version)
  list(GET row 2 target)
  list(GET row 3 package)
  set(${out} ${target} PARENT_SCOPE)
  if(TARGET ${target})
    return()
  endif()
  if(name STREQUAL cairo)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
      pkg_check_modules(cairo QUIET IMPORTED_TARGET GLOBAL cairo>=${version})
    else()
      superpose_lacks(pkg-config pkg-config)
    endif()
  elseif(name STREQUAL Threads)
    find_package(Threads QUIET)
  else()
    find_package(${name} ${version} QUIET)
  endif()
  if(NOT TARGET ${target})
    list(TRANSFORM ${name}_CONSIDERED_VERSIONS PREPEND ", not " OUTPUT_VARIABLE older)
    superpose_lacks("${name} ${version} or newer${older}" ${package})
  endif()
endfunction()

# `superpose_lacks(WHAT PACKAGE)`: that is missing, which Debian has in the package.
function(superpose_lacks what package)
  get_property(lacking GLOBAL PROPERTY SUPERPOSE_LACKING)
  if(NOT "${what} (${package})" IN_LIST lacking)
    set_property(GLOBAL APPEND PROPERTY SUPERPOSE_LACKING "${what} (${package})")
  endif()
endfunction()

function(superpose_missing out)
  get_property(lacking GLOBAL PROPERTY SUPERPOSE_LACKING)
  string(JOIN ", " line ${lacking})
  set(${out} "${line}" PARENT_SCOPE)
endfunction()

# `superpose_link(TARGET LIBRARY...)`: the target is linked with those, privately.
function(superpose_link target)
  foreach(library IN LISTS ARGN)
    superpose_find(${library} found)
    target_link_libraries(${target} PRIVATE ${found})
  endforeach()
endfunction()
