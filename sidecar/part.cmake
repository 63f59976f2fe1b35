# The sidecar: HTTP handlers, the program, and what is installed.
target_sources(truce_dto PRIVATE)
target_link_libraries(truce_dto PUBLIC truce_app truce_presets)

truce_library(truce_alerts sidecar/alerts truce_audit truce_app PkgConfig::HTTPLIB PkgConfig::ICU
              Threads::Threads)

# The files in sidecar/ itself but main.cc: what serving and the commands share.
file(GLOB sidecar_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sidecar/*.cc)
list(REMOVE_ITEM sidecar_sources ${PROJECT_SOURCE_DIR}/sidecar/main.cc)
add_library(truce_sidecar STATIC ${sidecar_sources})
target_link_libraries(truce_sidecar PUBLIC truce_options truce_audit truce_app truce_dto truce_http
                      PkgConfig::SQLITE3 PkgConfig::ICU spdlog::spdlog)
set_source_files_properties(${PROJECT_SOURCE_DIR}/sidecar/version.cc PROPERTIES
                            COMPILE_DEFINITIONS TRUCE_VERSION="${PROJECT_VERSION}")

truce_library(truce_api sidecar/api truce_sidecar truce_alerts truce_runtime truce_whatif truce_undo)
truce_library(truce_cli sidecar/cli truce_api truce_store_sqlite truce_store_memory truce_transform truce_infer truce_demo truce_simulate)

add_executable(truce ${PROJECT_SOURCE_DIR}/sidecar/main.cc)
target_link_libraries(truce PRIVATE truce_cli)
# Half of the work is small pieces of memory. The sanitizers bring an allocator of their own.
if(NOT TRUCE_SANITIZE)
  pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
  target_sources(truce PRIVATE ${PROJECT_SOURCE_DIR}/sidecar/allocator/jemalloc_options.cc)
  target_link_libraries(truce PRIVATE PkgConfig::JEMALLOC)
endif()
# The transforms run in truce-jq, which is looked for beside truce.
add_dependencies(truce truce_jq)
install(TARGETS truce RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
