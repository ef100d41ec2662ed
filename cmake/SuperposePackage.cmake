# The installable package: find_package(superpose) then link superpose::superpose, or a single room. With COMPONENTS, rooms,
# it looks for the libraries of those rooms only.
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY SUPERPOSE_BUILT_ROOMS)
set(package_libraries "")
foreach(room IN LISTS rooms)
  get_property(libraries TARGET superpose_${room} PROPERTY SUPERPOSE_LIBRARIES)
  string(APPEND package_libraries "set(superpose_libraries_of_${room} ${libraries})\n")
endforeach()

add_library(superpose INTERFACE)
add_library(superpose::superpose ALIAS superpose)
set(package_targets ${rooms})
list(TRANSFORM package_targets PREPEND superpose_)
target_link_libraries(superpose INTERFACE ${package_targets})

install(TARGETS superpose ${package_targets} EXPORT superpose ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT superpose NAMESPACE superpose:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/superpose)
foreach(room IN LISTS rooms)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/superpose/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/superpose
          FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE)
endforeach()
install(DIRECTORY ${PROJECT_BINARY_DIR}/generated/superpose
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/superpose-config.cmake.in superpose-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/superpose)
write_basic_package_version_file(superpose-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/superpose-config.cmake ${PROJECT_BINARY_DIR}/superpose-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/superpose)
