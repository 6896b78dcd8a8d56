# The page of `pericore report`: Node.js makes its script, style and maps from src/report/page/ and writes them as one C++ source.
# Included, this file defines the function that adds the source to a library; run as a script, it is the step of the build.
# Without Node.js or its packages the program is built all the same, and `pericore report` says what is missing.
if(CMAKE_SCRIPT_MODE_FILE)
  get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
  function(write_without_page reason)
    set(REASON "${reason}")
    configure_file(${root}/cmake/page_assets_missing.cpp.in ${OUTPUT} @ONLY)
    message(WARNING "pericore report will not work: ${reason}")
  endfunction()

  if(NOT NODE)
    write_without_page("this program was built without Node.js 18 or later and npm; install both and build again (docs/how-to/build.md)")
    return()
  endif()
  # Packages are fetched when their list changed, not when a source did: afterwards the build needs no network.
  file(MD5 ${SOURCE}/package-lock.json wanted)
  set(installed)
  if(EXISTS ${FOLDER}/installed)
    file(READ ${FOLDER}/installed installed)
  endif()
  if(NOT installed STREQUAL wanted)
    file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${FOLDER})
    # Not `npm ci`: it refuses a lock without the native packages of other systems, which a registry may not offer.
    execute_process(COMMAND ${NPM} install --ignore-scripts --no-audit --no-fund --loglevel=error
      WORKING_DIRECTORY ${FOLDER} RESULT_VARIABLE failed OUTPUT_QUIET)
    if(NOT failed EQUAL 0)
      write_without_page("npm could not fetch its packages during the build; with a network, remove report_page/ from the build folder and build again")
      return()
    endif()
    file(WRITE ${FOLDER}/installed ${wanted})
  endif()
  execute_process(COMMAND ${NODE} ${SOURCE}/build.mjs ${FOLDER}/node_modules ${OUTPUT} RESULT_VARIABLE failed)
  if(NOT failed EQUAL 0)
    message(FATAL_ERROR "src/report/page/build.mjs failed")
  endif()
  return()
endif()

set(PERICORE_REPORT_PAGE_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(pericore_report_page target)
  find_program(NODE_PROGRAM node)
  find_program(NPM_PROGRAM npm)
  set(node)
  if(NODE_PROGRAM AND NPM_PROGRAM)
    execute_process(COMMAND ${NODE_PROGRAM} --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(version MATCHES "^v([0-9]+)" AND CMAKE_MATCH_1 GREATER_EQUAL 18)
      set(node ${NODE_PROGRAM})
    endif()
  endif()
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/report/page)
  set(folder ${PROJECT_BINARY_DIR}/report_page)
  file(GLOB_RECURSE parts CONFIGURE_DEPENDS ${source}/src/*)
  add_custom_command(OUTPUT ${folder}/page_assets.cpp
    COMMAND ${CMAKE_COMMAND} -DNODE=${node} -DNPM=${NPM_PROGRAM} -DSOURCE=${source} -DFOLDER=${folder}
      -DOUTPUT=${folder}/page_assets.cpp -P ${PERICORE_REPORT_PAGE_SCRIPT}
    DEPENDS ${parts} ${source}/build.mjs ${source}/boundaries.mjs ${source}/package.json ${source}/package-lock.json
      ${PERICORE_REPORT_PAGE_SCRIPT} ${PROJECT_SOURCE_DIR}/cmake/page_assets_missing.cpp.in
    COMMENT "Building the report page" VERBATIM)
  target_sources(${target} PRIVATE ${folder}/page_assets.cpp)
  # Its literals are longer than -Wpedantic likes.
  set_source_files_properties(${folder}/page_assets.cpp PROPERTIES COMPILE_OPTIONS -w)
endfunction()
