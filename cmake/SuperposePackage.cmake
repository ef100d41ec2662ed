# The installable package: find_package(superpose) then link superpose::superpose, or a single room.
include(CMakePackageConfigHelpers)

add_library(superpose INTERFACE)
add_library(superpose::superpose ALIAS superpose)
get_property(rooms GLOBAL PROPERTY SUPERPOSE_ROOMS)
target_link_libraries(superpose INTERFACE ${rooms})

install(TARGETS superpose ${rooms} EXPORT superpose ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT superpose NAMESPACE superpose:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/superpose)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/superpose ${PROJECT_BINARY_DIR}/generated/superpose
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/superpose-config.cmake.in superpose-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/superpose)
write_basic_package_version_file(superpose-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/superpose-config.cmake ${PROJECT_BINARY_DIR}/superpose-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/superpose)
