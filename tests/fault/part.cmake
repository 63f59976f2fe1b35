# What disks, memory and other processes do wrong. Each test's name begins with the promise it holds
# (docs/store.md lists them).
truce_test(fault_test fault truce_store_sqlite Threads::Threads)
# SQLite takes another allocator only before its first use, so this is a program of its own.
truce_test(out_of_memory_test fault/oom truce_store_sqlite)
foreach(program fault_test out_of_memory_test)
  if(TARGET ${program})
    target_sources(${program} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/contract/rows.cc
                   ${CMAKE_CURRENT_SOURCE_DIR}/fault/support/ledger.cc)
  endif()
endforeach()
if(TARGET fault_test)
  target_sources(fault_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/fault/support/faulty_vfs.cc)
endif()
