truce_test_path(TRUCE_JQ_PROGRAM $<TARGET_FILE:truce_jq> transform/transform_process_test.cc)
truce_test(transform_test transform truce_transform Threads::Threads)
add_dependencies(transform_test truce_jq)
