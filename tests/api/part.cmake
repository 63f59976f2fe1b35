# The running program from outside: a real `truce`, real HTTP, a real database on disk.
if(TARGET truce)
  truce_test(api_test api truce_api truce_store_memory PkgConfig::HTTPLIB PkgConfig::SQLITE3)
  file(GLOB api_support CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/support/*.cc)
  target_sources(api_test PRIVATE ${api_support})
  truce_test_path(TRUCE_PROGRAM $<TARGET_FILE:truce> api/support/truce_process.cc)
  add_dependencies(api_test truce)
  set_tests_properties(api_test PROPERTIES RUN_SERIAL TRUE)

  # What the operating system does wrong to a running `truce`. A sanitizer wants to be first itself.
  if(TRUCE_SANITIZE)
    truce_test_path(TRUCE_PRELOAD "" api/support/faults.cc)
  else()
    add_library(truce_faulty_calls MODULE ${CMAKE_CURRENT_LIST_DIR}/preload/faulty_calls.cc)
    target_link_libraries(truce_faulty_calls PRIVATE truce_options ${CMAKE_DL_LIBS})
    truce_test_path(TRUCE_PRELOAD $<TARGET_FILE:truce_faulty_calls> api/support/faults.cc)
    add_dependencies(api_test truce_faulty_calls)
  endif()

  # The calls and their reference, without a process.
  truce_test(reference_test api/reference truce_api truce_store_memory)
  truce_test(alerts_test api/alerts truce_alerts truce_store_memory)
endif()
