#include "sidecar/alerts/public_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace truce {

namespace {

struct Block {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0) {
  return a << 24U | b << 16U | c << 8U;
}

// IANA's special-purpose registry, and multicast with all that is reserved above it.
constexpr std::array<Block, 13> special_blocks = {{{ipv4(0), 8},
                                                   {ipv4(10), 8},
                                                   {ipv4(100, 64), 10},
                                                   {ipv4(127), 8},
                                                   {ipv4(169, 254), 16},
                                                   {ipv4(172, 16), 12},
                                                   {ipv4(192, 0, 0), 24},
                                                   {ipv4(192, 0, 2), 24},
                                                   {ipv4(192, 168), 16},
                                                   {ipv4(198, 18), 15},
                                                   {ipv4(198, 51, 100), 24},
                                                   {ipv4(203, 0, 113), 24},
                                                   {ipv4(224), 3}}};

bool is_public_ipv4(std::uint32_t address) {
  return std::none_of(special_blocks.begin(), special_blocks.end(), [&](const Block& block) {
    return (address ^ block.first) >> (32U - static_cast<unsigned>(block.bits)) == 0;
  });
}

std::uint32_t ipv4_at(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U |
         std::uint32_t{bytes[2]} << 8U | bytes[3];
}

bool begins_with(const std::uint8_t* bytes, std::initializer_list<std::uint8_t> head) {
  return std::equal(head.begin(), head.end(), bytes);
}

bool is_public_ipv6(const std::uint8_t* bytes) {
  if (begins_with(bytes, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return is_public_ipv4(ipv4_at(bytes + 12));  // 64:ff9b::/96, an IPv4 address behind a NAT64
  }
  if (begins_with(bytes, {0x20, 0x02})) return is_public_ipv4(ipv4_at(bytes + 2));  // 6to4
  const bool is_global = (bytes[0] & 0xe0U) == 0x20;                                // 2000::/3
  const bool is_special = begins_with(bytes, {0x20, 0x01, 0x0d, 0xb8}) ||           // documentation
                          begins_with(bytes, {0x20, 0x01, 0});                      // Teredo
  return is_global && !is_special;
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ipv4_address{};
    std::memcpy(&ipv4_address, &address, sizeof ipv4_address);
    return is_public_ipv4(ntohl(ipv4_address.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 ipv6_address{};
  std::memcpy(&ipv6_address, &address, sizeof ipv6_address);
  return is_public_ipv6(ipv6_address.sin6_addr.s6_addr);
}

}  // namespace truce
