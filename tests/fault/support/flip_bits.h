// R8: bits that change at rest. The store itself sees few of them (SQLite has no page checksums);
// the audit trail's hashes are what finds them, so the tests of the audit use this.
#pragma once

#include <cstddef>
#include <filesystem>
#include <random>

namespace truce::fault {

// Copies a database file that is not open, with `count` bits of it flipped. Nothing else is copied:
// a store that was closed has an empty log. Gives false when the file cannot be read or is empty.
bool copy_with_flipped_bits(const std::filesystem::path& from, const std::filesystem::path& to,
                            std::size_t count, std::mt19937& dice);

}  // namespace truce::fault
