truce_test(transform_test transform truce_transform Threads::Threads)
truce_test_path(TRUCE_JQ_PROGRAM $<TARGET_FILE:truce_jq> transform/transform_process_test.cc)
add_dependencies(transform_test truce_jq)
