# The HTTP front, from outside over raw sockets and piece by piece.
truce_test(http_test http truce_http)
# It measures how long honest clients wait beside slow ones, so nothing else runs beside it.
set_tests_properties(http_test PROPERTIES RUN_SERIAL TRUE)
