# truce_bench measures the real program; it is built only when asked for: scripts/bench.
file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cc)
add_executable(truce_bench EXCLUDE_FROM_ALL ${bench_sources})
target_link_libraries(truce_bench PRIVATE truce_options truce_model PkgConfig::SQLITE3
                      PkgConfig::HTTPLIB Threads::Threads)
add_dependencies(truce_bench truce)
