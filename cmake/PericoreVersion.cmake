# Facts of the build for src/base/version.cpp. Included, it adds a target that runs this file as a script in every build; the
# script rewrites the header only when a fact changed, so that an unchanged revision recompiles and relinks nothing.
if(CMAKE_SCRIPT_MODE_FILE)
  set(revision unknown)
  if(GIT)
    execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-toplevel
      OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    file(REAL_PATH "${SOURCE}" source)
    # Sources unpacked inside somebody else's repository have no revision of their own.
    if(failed EQUAL 0 AND top STREQUAL source)
      execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --verify --quiet HEAD
        OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
      if(failed EQUAL 0)
        execute_process(COMMAND ${GIT} --no-optional-locks -C ${SOURCE} status --porcelain --untracked-files=no
          OUTPUT_VARIABLE changes ERROR_QUIET)
        set(revision ${head})
        if(NOT changes STREQUAL "")
          string(APPEND revision -dirty)
        endif()
      endif()
    endif()
  endif()
  file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#define PERICORE_VERSION "@VERSION@"
#define PERICORE_GIT_REVISION "@revision@"
#define PERICORE_BUILD_TYPE "@BUILD_TYPE@"
#define PERICORE_TARGET_ARCHITECTURE "@ARCHITECTURE@"
]])
  return()
endif()

set(PERICORE_VERSION_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(pericore_add_build_facts)
  if(NOT TARGET pericore_base)
    return()
  endif()
  find_program(GIT_PROGRAM git)
  set(folder ${PROJECT_BINARY_DIR}/generated)
  set(arguments -DVERSION=${PROJECT_VERSION} -DBUILD_TYPE=${CMAKE_BUILD_TYPE} -DARCHITECTURE=${PERICORE_ARCH}
    -DSOURCE=${PROJECT_SOURCE_DIR} -DGIT=$<$<BOOL:${GIT_PROGRAM}>:${GIT_PROGRAM}>
    -DOUTPUT=${folder}/pericore_build_facts.h -P ${PERICORE_VERSION_SCRIPT})
  add_custom_target(pericore_build_facts COMMAND ${CMAKE_COMMAND} ${arguments}
    BYPRODUCTS ${folder}/pericore_build_facts.h COMMENT "" VERBATIM)
  target_include_directories(pericore_base PRIVATE ${folder})
  add_dependencies(pericore_base pericore_build_facts)
endfunction()

# Deferred to the end of the top folder, when pericore_base exists: the place of the include does not matter.
cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL pericore_add_build_facts)
