# selfsame_component_of(<header> <out>): whose it is, by the table in components.txt; the path is relative to include/selfsame.
function(selfsame_component_of header out)
  file(STRINGS "${PROJECT_SOURCE_DIR}/cmake/components.txt" table REGEX "^[a-z]")
  set(owner core)
  foreach(line IN LISTS table)
    string(REGEX MATCH "^([a-z]+) +(.*)$" line "${line}")
    if(owner STREQUAL "core" AND header MATCHES "^(${CMAKE_MATCH_2})$")
      string(REGEX REPLACE " .*" "" owner "${line}")
    endif()
  endforeach()
  set(${out} ${owner} PARENT_SCOPE)
endfunction()

# selfsame_headers(<component> <out>): the headers of one component.
function(selfsame_headers component out)
  file(GLOB_RECURSE all CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include/selfsame"
    "include/selfsame/*.hpp" "include/selfsame/*.cuh")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cmake/components.txt)
  set(headers "")
  foreach(header IN LISTS all)
    selfsame_component_of(${header} owner)
    if(owner STREQUAL component)
      list(APPEND headers "include/selfsame/${header}")
    endif()
  endforeach()
  set(${out} "${headers}" PARENT_SCOPE)
endfunction()

# selfsame_component(<component> <target> <name>): an INTERFACE target selfsame::<name> with its headers,
# installed and exported in a set of its own, so that a missing library hides one component only.
function(selfsame_component component target name)
  add_library(${target} INTERFACE)
  add_library(selfsame::${name} ALIAS ${target})
  selfsame_headers(${component} headers)
  target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    VERIFY_INTERFACE_HEADER_SETS ON)  # each header compiles alone
  install(TARGETS ${target} EXPORT selfsame-${component} FILE_SET HEADERS)
  install(EXPORT selfsame-${component} NAMESPACE selfsame:: DESTINATION ${selfsame_config_dir}
    FILE selfsame-${component}-targets.cmake)
endfunction()
