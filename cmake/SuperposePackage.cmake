# The installable package: find_package(superpose) then link superpose::superpose, or a single room. With COMPONENTS, rooms,
# it looks for the libraries of those rooms only. superpose.pc is for those who build without CMake.
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY SUPERPOSE_BUILT_ROOMS)
set(package_targets ${rooms})
list(TRANSFORM package_targets PREPEND superpose_)
add_library(superpose INTERFACE)
add_library(superpose::superpose ALIAS superpose)
target_link_libraries(superpose INTERFACE ${package_targets})

if(NOT SUPERPOSE_INSTALL)
  return()
endif()

set(package_libraries "")
set(package_requires "")
set(package_needs "")
foreach(room IN LISTS rooms)
  get_property(libraries TARGET superpose_${room} PROPERTY SUPERPOSE_LIBRARIES)
  string(APPEND package_libraries "set(superpose_libraries_of_${room} ${libraries})\n")
  list(APPEND package_needs ${libraries})
endforeach()
list(REMOVE_DUPLICATES package_needs)
foreach(library IN LISTS package_needs)
  if(DEFINED superpose_least_${library})
    string(APPEND package_libraries "set(superpose_least_${library} ${superpose_least_${library}})\n")
    list(APPEND package_requires "${superpose_module_of_${library}} >= ${superpose_least_${library}}")
  endif()
endforeach()
list(JOIN package_requires ", " package_requires)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/superpose)
install(TARGETS ${package_targets} EXPORT superpose
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS superpose EXPORT superpose)
install(EXPORT superpose NAMESPACE superpose:: DESTINATION ${config_dir})
install(FILES ${PROJECT_BINARY_DIR}/generated/superpose/core/version.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/superpose/core)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/superpose-config.cmake.in superpose-config.cmake
  INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(superpose-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/superpose-config.cmake ${PROJECT_BINARY_DIR}/superpose-config-version.cmake
        DESTINATION ${config_dir})

# A static library stands before those that it uses, and rooms were added after those that they use.
set(package_archives ${rooms})
list(REVERSE package_archives)
list(TRANSFORM package_archives PREPEND "-lsuperpose_")
list(JOIN package_archives " " package_archives)
# The prefix as seen from the file, so that it may be moved.
set(package_prefix /prefix)
cmake_path(RELATIVE_PATH package_prefix BASE_DIRECTORY /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_file(${PROJECT_SOURCE_DIR}/cmake/superpose.pc.in superpose.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/superpose.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# What doxygen reads for the reference (`make docs`).
set(reference_headers ${PROJECT_BINARY_DIR}/generated/superpose/core/version.h)
foreach(target IN LISTS package_targets)
  get_target_property(headers ${target} HEADER_SET)
  list(APPEND reference_headers ${headers})
endforeach()
list(JOIN reference_headers " " reference_headers)
configure_file(${PROJECT_SOURCE_DIR}/docs/Doxyfile.in Doxyfile @ONLY)
