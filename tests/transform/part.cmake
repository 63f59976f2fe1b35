truce_test(transform_test transform truce_transform Threads::Threads)
target_compile_definitions(transform_test PRIVATE TRUCE_JQ_PROGRAM="$<TARGET_FILE:truce_jq>")
add_dependencies(transform_test truce_jq)
