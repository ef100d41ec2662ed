# Other people's libraries that rooms are built with: `superpose_find(NAME out)` finds one of those below, once it is
# needed, and puts the target to link into the variable `out`. What is not needed is not looked for, and what is missing is
# named at the end of the configuration, all of it at once: `superpose_missing(out)` gives the line, "" where nothing is.

set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON) # whoever links a room that is linked with them knows them, too

# Name, target, Debian's package, least version, the name that pkg-config has for it.
set(superpose_libraries
  "Threads       Threads::Threads             libc6-dev"
  "fmt           fmt::fmt                     libfmt-dev          9      fmt"
  "hwy           hwy::hwy                     libhwy-dev          1.0.3  libhwy"
  "Eigen3        Eigen3::Eigen                libeigen3-dev       3.4"
  "nlohmann_json nlohmann_json::nlohmann_json nlohmann-json3-dev  3.11"
  "tomlplusplus  tomlplusplus::tomlplusplus   libtomlplusplus-dev 3.3    tomlplusplus"
  "cairo         PkgConfig::cairo             libcairo2-dev       1.16   cairo"
  "CLI11         CLI11::CLI11                 libcli11-dev        2.1"
  "GTest         GTest::gmock                 libgmock-dev        1.12")
foreach(row IN LISTS superpose_libraries)
  separate_arguments(row UNIX_COMMAND "${row}")
  list(POP_FRONT row name)
  list(POP_FRONT row superpose_target_of_${name} superpose_package_of_${name} superpose_least_${name}
    superpose_module_of_${name})
endforeach()

# Those that are headers alone. No public header includes them (tests/rooms).
set(superpose_header_only Eigen3 nlohmann_json)

function(superpose_find name out)
  set(target ${superpose_target_of_${name}})
  if(NOT target)
    message(FATAL_ERROR "superpose_find: expected a library of cmake/SuperposeLibraries.cmake, got ${name}")
  endif()
  set(version ${superpose_least_${name}})
  set(package ${superpose_package_of_${name}})
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
