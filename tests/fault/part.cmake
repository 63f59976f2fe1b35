# What disks, memory and other processes do wrong. Each test's name begins with the promise it holds
# (docs/store.md lists them).
file(GLOB fault_support CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/fault/support/*.cc)
add_library(truce_fault_support STATIC ${fault_support}
            ${CMAKE_CURRENT_SOURCE_DIR}/contract/rows.cc)
target_link_libraries(truce_fault_support PUBLIC truce_store_sqlite)

truce_test(fault_test fault truce_fault_support Threads::Threads)
# SQLite takes another allocator only before its first use, so this is a program of its own.
truce_test(out_of_memory_test fault/oom truce_fault_support)
# Another operator new is for a whole program, too.
if(TARGET truce)
  truce_test(bad_alloc_test fault/bad_alloc truce_fault_support truce_cli)
endif()
