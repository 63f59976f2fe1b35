# The HTTP front, from outside over raw sockets and piece by piece.
truce_test(http_test http truce_http)
