# `header_only(PACKAGE TARGET FOLDER)`: the imported target has this machine's FOLDER of headers, and no other: the rest of
# /usr/include is glibc's, which must stay out of sight.
function(header_only package target folder)
  set(${package}_FOUND TRUE PARENT_SCOPE)
  if(TARGET ${target})
    return()
  endif()
  find_path(${package}_headers ${folder} PATHS /usr/include PATH_SUFFIXES eigen3 REQUIRED NO_DEFAULT_PATH)
  set(include ${CMAKE_BINARY_DIR}/headers)
  file(MAKE_DIRECTORY ${include})
  file(CREATE_LINK ${${package}_headers}/${folder} ${include}/${folder} SYMBOLIC)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} SYSTEM INTERFACE ${include})
endfunction()
