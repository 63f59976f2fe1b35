# What real systems send, through the presets and our own policies. The payloads are beside the
# source tree; without them only what we wrote ourselves is tested, and the programs say so.
truce_test(payloads_test payloads truce_presets truce_normalize truce_infer)

# The same through the running program: payloads in over HTTP, outcomes and deliveries out.
if(TARGET truce)
  truce_test(payloads_http_test payloads/http truce_model PkgConfig::HTTPLIB)
  target_sources(payloads_http_test PRIVATE ${CMAKE_CURRENT_LIST_DIR}/recorded.cc)
  truce_test_path(TRUCE_PROGRAM $<TARGET_FILE:truce> payloads/http/running_sidecar.cc)
  add_dependencies(payloads_http_test truce)
endif()
