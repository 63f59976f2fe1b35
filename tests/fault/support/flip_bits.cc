#include "tests/fault/support/flip_bits.h"

#include <fstream>
#include <iterator>
#include <string>

namespace truce::fault {

bool copy_with_flipped_bits(const std::filesystem::path& from, const std::filesystem::path& to,
                            std::size_t count, std::mt19937& dice) {
  std::ifstream in(from, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (content.empty()) return false;
  for (std::size_t i = 0; i < count; ++i) {
    char& byte = content[dice() % content.size()];
    byte = static_cast<char>(byte ^ (1 << (dice() % 8)));
  }
  std::ofstream out(to, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  return static_cast<bool>(out.flush());
}

}  // namespace truce::fault
