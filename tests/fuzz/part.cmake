# Every tests/fuzz/fuzz_NAME.cc is one fuzz target. It names its libraries in a line of its own,
#
#   // Libraries: truce_model truce_policy
#
# and its inputs stand in tests/fuzz/corpus/fuzz_NAME/. With TRUCE_LIBFUZZER (clang) it is linked with
# libFuzzer; otherwise with replay_main.cc, which runs every input and a bounded number of mutations of
# them, the same ones each time. Either way it is a ctest.

set(TRUCE_FUZZ_S 60 CACHE STRING "Seconds for which libFuzzer tries each fuzz target")

function(truce_fuzz source)
  math(EXPR timeout_s "${TRUCE_FUZZ_S} + 540")
  get_filename_component(name ${source} NAME_WE)
  file(STRINGS ${source} line REGEX "^// Libraries: " LIMIT_COUNT 1)
  string(REGEX REPLACE "^// Libraries: *" "" libraries "${line}")
  separate_arguments(libraries)
  if(NOT libraries)
    message(FATAL_ERROR "${source} names no libraries: // Libraries: truce_model")
  endif()
  set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE truce_options ${libraries})
  if(TRUCE_LIBFUZZER)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set(found ${CMAKE_CURRENT_BINARY_DIR}/fuzz_found/${name})
    file(MAKE_DIRECTORY ${found})
    add_test(NAME ${name} COMMAND ${name} -max_total_time=${TRUCE_FUZZ_S} -timeout=10 -rss_limit_mb=1024
                                  -artifact_prefix=${found}/failure- ${found} ${corpus})
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc)
    add_test(NAME ${name} COMMAND ${name} ${corpus} --mutations=20000)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout_s} LABELS fuzz)
endfunction()

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.cc)
foreach(fuzz_source ${fuzz_sources})
  truce_fuzz(${fuzz_source})
endforeach()
