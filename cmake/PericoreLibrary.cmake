# One library per folder of src/. Its dependencies are the folders it may include: the architecture, checked by the linker
# and by scripts/check_layers.
function(pericore_library name)
  cmake_parse_arguments(ARG "" "" "LAYERS;PACKAGES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.h)
  if(sources)
    add_library(pericore_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(pericore_${name} PRIVATE pericore_options)
  else()
    # Headers only, or nothing yet: still a link in the chain of layers.
    add_library(pericore_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  if(headers)
    # Every header compiles alone: target all_verify_interface_header_sets, not part of the default build.
    target_sources(pericore_${name} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR} FILES ${headers})
    set_target_properties(pericore_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
  target_include_directories(pericore_${name} ${scope} ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_features(pericore_${name} ${scope} cxx_std_20)
  list(TRANSFORM ARG_LAYERS PREPEND pericore_)
  target_link_libraries(pericore_${name} ${scope} ${ARG_LAYERS} ${ARG_PACKAGES})
endfunction()

# One test executable per folder of tests/; all share one object with Catch2's main (slow to compile).
function(pericore_test_folder name)
  cmake_parse_arguments(ARG "" "" "LAYERS;PACKAGES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  list(TRANSFORM ARG_LAYERS PREPEND pericore_)
  add_executable(${name}_tests ${sources})
  target_link_libraries(${name}_tests PRIVATE pericore_catch_main pericore_options ${ARG_LAYERS} ${ARG_PACKAGES})
  target_include_directories(${name}_tests PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(${name}_tests PRIVATE
    PERICORE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" PERICORE_PYTHON="${PERICORE_PYTHON}")
  # Catch2 returns success where a name matches no test, unless it is told otherwise.
  catch_discover_tests(${name}_tests TEST_PREFIX "${name}:" EXTRA_ARGS --warn NoTests PROPERTIES TIMEOUT 600)
endfunction()
