# Built by tests/mutants/run.mjs only, from mutated sources.
add_executable(mutant_stories EXCLUDE_FROM_ALL mutants/stories_main.cc)
target_link_libraries(mutant_stories PRIVATE truce_simulate)
