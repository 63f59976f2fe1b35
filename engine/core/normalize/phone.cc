#include "engine/core/normalize/phone.h"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "engine/core/normalize/refusal.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t longest_phone_bytes = 64;  // the library takes 8 s for 16,000 digits
constexpr std::string_view extension_mark = ";ext=";

const PhoneNumberUtil& library() {
  static const PhoneNumberUtil* const instance = [] {
    PhoneNumberUtil* made = PhoneNumberUtil::GetInstance();
    made->SetLogger(new i18n::phonenumbers::NullLogger());  // its own one writes to stdout; it owns
    return made;
  }();
  return *instance;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The library reports a lower-case region as an unknown country.
std::string region_of(const Field& field) {
  return field.region.empty() ? std::string("ZZ") : upper_case(field.region);
}

std::string e164(const PhoneNumber& number) {
  std::string out;
  library().Format(number, PhoneNumberUtil::E164, &out);
  if (number.has_extension() && !number.extension().empty()) {
    out += extension_mark;
    out += number.extension();
  }
  return out;
}

struct Reading {
  enum class Kind { valid, possible, unreadable };
  Kind kind = Kind::unreadable;
  std::string e164;  // empty when unreadable
};

Reading read_by_library(const std::string& typed, const std::string& region) {
  PhoneNumber number;
  if (library().Parse(typed, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return {};
  if (library().IsValidNumber(number)) return {Reading::Kind::valid, e164(number)};
  if (library().IsPossibleNumber(number)) return {Reading::Kind::possible, e164(number)};
  return {};
}

// The numbers that were read last, for all threads. The library takes 10 to 60 µs a number, more
// than all the rest of a record, and the same numbers come again with every full-record event,
// echo, snapshot and merge.
//
// There is no lock: who looks at a reading takes it out of its place meanwhile. Another thread that
// looks for it in that moment does not find it and asks the library once more.
class RecentReadings {
 public:
  Reading reading_of(const std::string& typed, const std::string& region) {
    std::string key = region + ' ' + typed;
    Set& set = sets_[std::hash<std::string>()(key) % sets_.size()];
    for (std::size_t place = 0; place < set.size(); ++place) {
      KeptPtr kept(set[place].exchange(nullptr));
      if (!kept) continue;
      if (kept->key == key) {
        Reading reading = kept->reading;
        put_first(set, place, std::move(kept));
        return reading;
      }
      put(set[place], std::move(kept));
    }
    Reading reading = read_by_library(typed, region);
    put_first(set, set.size() - 1, std::make_unique<Kept>(Kept{std::move(key), reading}));
    return reading;
  }

 private:
  struct Kept {
    std::string key;
    Reading reading;
  };
  using KeptPtr = std::unique_ptr<Kept>;
  using Place = std::atomic<Kept*>;
  using Set = std::array<Place, 4>;  // the lately read ones first

  // What stood there.
  static KeptPtr put(Place& place, KeptPtr kept) { return KeptPtr(place.exchange(kept.release())); }

  // The others move back by one, up to `last`, and what stood there is let go.
  static void put_first(Set& set, std::size_t last, KeptPtr kept) {
    for (std::size_t place = 0; place <= last; ++place) kept = put(set[place], std::move(kept));
  }

  std::array<Set, 16'384> sets_{};  // 65,536 numbers, some 8 MiB
};

Reading reading_of(const std::string& typed, const std::string& region) {
  static constinit RecentReadings recent;
  return recent.reading_of(typed, region);
}

// "Rose 030 901820": the library drops what stands in front, which may be worth keeping.
bool has_words_in_front(const std::string& typed) {
  const std::string front = folded(typed.substr(0, typed.find_first_of("+0123456789")));
  const bool has_letter = std::any_of(front.begin(), front.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  });
  return has_letter && front != "tel:" && front != "tel. " && front != "tel: ";
}

// What is left to compare by when the library cannot read it.
std::string bare_key(std::string_view text) {
  std::string key;
  for (const char c : folded(comparable(text))) {
    const bool leading_plus = c == '+' && key.empty();
    const bool letter = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    if (leading_plus || letter || is_digit(c)) key += c;
  }
  return key;
}

}  // namespace

Result<Value> read_phone(const Field& field, std::string_view text) {
  if (trimmed(text).size() > longest_phone_bytes) {
    return refuse(field, Code::field_too_long, trimmed(text),
                  "is longer than 64 bytes; a phone number has at most 15 digits");
  }
  const std::string typed = one_line(text);
  const Reading reading = reading_of(typed, region_of(field));
  if (reading.kind == Reading::Kind::valid && !has_words_in_front(typed)) {
    return Value::of_text(reading.e164);
  }
  if (reading.kind != Reading::Kind::unreadable) {
    return Value::of_text(std::string(text), reading.e164);
  }
  const bool has_digit = std::any_of(typed.begin(), typed.end(), is_digit);
  if (!has_digit || typed.find('@') != std::string::npos) {
    return refuse(field, Code::format, typed,
                  "is no phone number; give digits, best with the country code (+49 30 123456)");
  }
  return Value::of_text(std::string(text), bare_key(typed));
}

std::string written_phone(const std::string& canonical) {
  const std::size_t mark = canonical.find(extension_mark);
  if (mark == std::string::npos || canonical.front() != '+') return canonical;
  return canonical.substr(0, mark) + " ext. " + canonical.substr(mark + extension_mark.size());
}

}  // namespace truce
