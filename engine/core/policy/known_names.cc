#include "engine/core/policy/known_names.h"

#include <unicode/locid.h>
#include <unicode/timezone.h>
#include <unicode/ucurr.h>

#include <algorithm>
#include <memory>

namespace truce::policy_file {
namespace {

bool is_ascii_graphic(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_upper_case(const std::string& text, std::size_t size) {
  return text.size() == size &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

bool is_time_zone(const std::string& name) {
  if (name.empty() || name.size() > 64 || !is_ascii_graphic(name)) return false;
  const icu::UnicodeString id = icu::UnicodeString::fromUTF8(name);
  icu::UnicodeString canonical;
  UErrorCode error = U_ZERO_ERROR;
  UBool is_system_id = false;
  icu::TimeZone::getCanonicalID(id, canonical, is_system_id, error);
  // Without this, "GMT+3" and ICU's own placeholder for an unknown zone would pass.
  return U_SUCCESS(error) && is_system_id && name != "Etc/Unknown";
}

bool is_region(const std::string& code) {
  if (!is_upper_case(code, 2)) return false;
  if (code == "ZZ") return true;
  const char* const* regions = icu::Locale::getISOCountries();
  for (; *regions != nullptr; ++regions) {
    if (code == *regions) return true;
  }
  return false;
}

bool is_currency(const std::string& code) {
  if (!is_upper_case(code, 3)) return false;
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UEnumeration, void (*)(UEnumeration*)> all(
      ucurr_openISOCurrencies(UCURR_ALL, &error), uenum_close);
  if (U_FAILURE(error)) return false;
  std::int32_t length = 0;
  while (const char* name = uenum_next(all.get(), &length, &error)) {
    if (U_FAILURE(error)) return false;
    if (code == name) return true;
  }
  return false;
}

}  // namespace truce::policy_file
