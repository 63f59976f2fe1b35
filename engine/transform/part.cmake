# truce-jq, the confined child that runs the policy's jq programs; it stands beside truce.
find_path(JQ_INCLUDE_DIR jq.h REQUIRED)
find_library(JQ_LIBRARY jq REQUIRED)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)

# Without the sanitizers of truce_options: they need more address space than the child may have.
add_executable(truce_jq ${PROJECT_SOURCE_DIR}/engine/transform/child/main.cc)
set_target_properties(truce_jq PROPERTIES OUTPUT_NAME truce-jq)
target_include_directories(truce_jq PRIVATE ${PROJECT_SOURCE_DIR})
target_include_directories(truce_jq SYSTEM PRIVATE ${JQ_INCLUDE_DIR})
target_compile_options(truce_jq PRIVATE -Wall -Wextra -Wconversion -Wshadow -Werror
                       -fstack-protector-strong)
target_link_libraries(truce_jq PRIVATE ${JQ_LIBRARY} PkgConfig::SECCOMP)
install(TARGETS truce_jq RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
