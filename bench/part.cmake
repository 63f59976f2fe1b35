# truce_bench measures the real program. With the tests it is built to see that it can be, else only
# when asked for: scripts/bench.
file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cc)
add_executable(truce_bench ${bench_sources})
if(NOT BUILD_TESTING)
  set_target_properties(truce_bench PROPERTIES EXCLUDE_FROM_ALL ON)
endif()
target_link_libraries(truce_bench PRIVATE truce_options truce_model PkgConfig::SQLITE3
                      PkgConfig::HTTPLIB Threads::Threads)
add_dependencies(truce_bench truce)
