#include "engine/app/read_values.h"

#include <functional>
#include <string>

namespace truce {
namespace {

constexpr std::size_t longest_known_bytes = 64;  // longer texts seldom come again

// What else than its field and its text a value may be read by.
bool is_plain(const MapEntry& entry) {
  return entry.values.empty() && entry.unknown == UnknownOption::reject && entry.blank.empty() &&
         !entry.split && !entry.element && !entry.format && !entry.minor_units && !entry.pattern;
}

// Alike for two systems that read the field in the same way. Times are read by the system's zone.
std::uintptr_t reader_of(const Field& field, const MapEntry& entry, bool is_number) {
  const bool any_system = is_plain(entry) && field.type != FieldType::instant;
  const void* reader = any_system ? static_cast<const void*>(&field) : &entry;
  // Both are aligned, so the lowest bit is free.
  return reinterpret_cast<std::uintptr_t>(reader) | static_cast<std::uintptr_t>(is_number);
}

}  // namespace

ReadValues::Key::Key(std::uintptr_t key_reader, std::string_view key_text)
    : reader(key_reader),
      text(key_text),
      hash(std::hash<std::string_view>()(text) ^ (reader * 0x9E3779B97F4A7C15U)) {}

Result<Value> ReadValues::read(const System& system, const Field& field, const MapEntry& entry,
                               const Json& raw) {
  const bool number = is_number(raw);
  if (!raw.is_string() && !number) return to_canonical(system, field, entry, raw);
  const std::string digits = number ? number_text(raw) : std::string();
  const std::string_view text = number ? digits : raw.get_ref<const std::string&>();
  if (text.size() > longest_known_bytes) return to_canonical(system, field, entry, raw);
  const Key key(reader_of(field, entry, number), text);
  // Its highest bits: a table of its own takes the lowest.
  Shard& shard = shards_[key.hash >> 59];
  static_assert(std::tuple_size_v<decltype(shards_)> == 32);
  {
    const std::lock_guard lock(shard.mutex);
    const auto known = shard.values.find(key);
    if (known != shard.values.end()) return known->value;
  }
  Result<Value> value = to_canonical(system, field, entry, raw);
  if (!value || value->is_null() || value->text() != text) return value;
  const std::lock_guard lock(shard.mutex);
  if (shard.values.size() >= Shard::values_max) return value;
  return shard.values.insert({key.reader, key.hash, *value}).first->value;
}

}  // namespace truce
