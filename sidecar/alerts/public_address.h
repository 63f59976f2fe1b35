// Which network addresses are reachable by everybody: where a name may lead that somebody wrote
// into a setting, so that nobody reaches this machine or its network through it.
#pragma once

#include <sys/socket.h>

namespace truce {

// False for loopback, private, link-local, carrier NAT, multicast, documentation and reserved
// addresses, also where an IPv6 address carries such an IPv4 one (RFC 6890, RFC 6052, RFC 3056).
bool is_public_address(const sockaddr& address);

}  // namespace truce
