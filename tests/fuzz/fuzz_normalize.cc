// One value through one type: byte 0 names the type, byte 1 the system's habits, byte 2 the region
// or currency; the rest is the raw value, as JSON where it is JSON, else as a string.
//
// Libraries: truce_normalize

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::array<FieldType, 15> types = {
    FieldType::text,    FieldType::email,     FieldType::phone,   FieldType::url,
    FieldType::domain,  FieldType::integer,   FieldType::decimal, FieldType::money,
    FieldType::boolean, FieldType::date,      FieldType::instant, FieldType::enumeration,
    FieldType::set,     FieldType::reference, FieldType::html};
constexpr std::array<const char*, 6> formats = {"date",     "rfc3339",       "epoch_s",
                                                "epoch_ms", "epoch_ms_text", "datetime"};
constexpr std::array<const char*, 4> regions = {"", "US", "DE", "it"};
constexpr std::array<const char*, 4> currencies = {"", "EUR", "JPY", "KWD"};
constexpr std::array<const char*, 4> separators = {";", ",", "|", "^,^"};
constexpr std::size_t longest_message_bytes = 2'000;

void require(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", claim);
  std::abort();
}

Field field_of(std::uint8_t type, std::uint8_t place) {
  Field field;
  field.name = FieldName("subject");
  field.type = types[type % types.size()];
  field.region = regions[place % regions.size()];
  field.currency = currencies[place / 4 % currencies.size()];
  return field;
}

MapEntry entry_of(const Field& field, std::uint8_t habits) {
  MapEntry entry;
  const bool is_time = field.type == FieldType::date || field.type == FieldType::instant;
  if (is_time && (habits & 1) != 0) entry.format = formats[(habits >> 1) % formats.size()];
  if (field.type == FieldType::money) entry.minor_units = (habits & 1) != 0;
  if (field.type == FieldType::set && (habits & 1) != 0)
    entry.split = separators[(habits >> 1) % 4];
  if (field.type == FieldType::set && (habits & 24) == 24) entry.element = "name";
  if ((habits & 32) != 0) {
    entry.values = {{"Yes", "true"}, {"No", "false"}, {"Open", "open"}};
    entry.unknown = UnknownOption::pass;
  }
  return entry;
}

bool is_text(const Value& value) {
  for (const Value::Element& element : value.elements()) {
    if (!is_utf8(element.text) || !is_utf8(element.key)) return false;
  }
  return is_utf8(value.text()) && is_utf8(value.key());
}

void check_refusal(const Problem& problem) {
  require(is_utf8(problem.message), "a message is UTF-8");
  require(!problem.message.empty() && problem.message.size() < longest_message_bytes,
          "a message is neither empty nor long");
}

void check_way_back(const System& system, const Field& field, const MapEntry& entry,
                    const Value& value) {
  const Result<Json> form = to_system(field, entry, value, nullptr);
  if (!form) {
    check_refusal(form.error());
    require(form.error().code == Code::lossy_value || form.error().code == Code::unknown_option,
            "a canonical value is only refused where it would be lost");
    return;
  }
  const Result<Value> back = to_canonical(system, field, entry, *form);
  require(back.has_value(), "a system's form of a value can be read");
  require(same(*back, as_held(field, entry, value)),
          "a value that was written and read is the value as it is held");
}

void check_held(const Field& field, MapEntry entry, std::uint8_t habits, const Value& value) {
  entry.max_length = habits % 40;
  entry.lossy = {{habits % 2 == 0 ? Lossy::Kind::lower : Lossy::Kind::upper},
                 {Lossy::Kind::trim},
                 {Lossy::Kind::round, habits % 4}};
  require(is_text(as_held(field, entry, value)), "a held value is UTF-8");
}

void check_value(const Field& field, const MapEntry& entry, std::uint8_t habits, const Json& raw) {
  System system;
  if ((habits & 64) != 0) system.time_zone = "America/New_York";
  const Result<Value> value = to_canonical(system, field, entry, raw);
  if (!value) return check_refusal(value.error());
  require(is_text(*value), "a value is UTF-8");
  require(value->text().size() <= longest_value_bytes + 64,
          "a value is not much longer than its source");
  check_way_back(system, field, entry, *value);
  check_held(field, entry, habits, *value);
}

}  // namespace
}  // namespace truce

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const truce::Field field = truce::field_of(data[0], data[2]);
  const truce::MapEntry entry = truce::entry_of(field, data[1]);
  const std::string text(reinterpret_cast<const char*>(data) + 3, size - 3);
  const truce::Result<truce::Json> parsed = truce::parse_json(text);
  truce::check_value(field, entry, data[1], parsed ? *parsed : truce::Json(text));
  return 0;
}
