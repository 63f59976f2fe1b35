#include "sidecar/alerts/channel.h"

#include <unicode/timezone.h>

#include <cstdlib>
#include <fstream>
#include <memory>

namespace truce {

namespace {

constexpr std::size_t url_bytes_max = 4'096;
constexpr std::int64_t us_per_minute = 60'000'000;
constexpr std::int64_t minutes_a_day = 24 * 60;

std::string trimmed(const std::string& text) {
  constexpr const char* blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// "22:00", as the policy's reader has checked it.
std::int64_t minute_of(const std::string& time_of_day) {
  return std::stol(time_of_day.substr(0, 2)) * 60 + std::stol(time_of_day.substr(3, 2));
}

// The minute of the day that the clocks of that zone show.
std::int64_t local_minute(Time now, const std::string& zone_name) {
  const std::unique_ptr<icu::TimeZone> zone(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone_name)));
  int32_t raw_offset_ms = 0;
  int32_t dst_offset_ms = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone->getOffset(static_cast<UDate>(now.us / 1000), 0, raw_offset_ms, dst_offset_ms, status);
  const Time local = now + Duration::of_ms(std::int64_t{raw_offset_ms} + dst_offset_ms);
  const std::int64_t minute = local.us / us_per_minute % minutes_a_day;
  return minute < 0 ? minute + minutes_a_day : minute;
}

}  // namespace

std::string string_member(const Json& object, const char* key) {
  const Json* member = find_member(object, key);
  return member && member->is_string() ? member->get<std::string>() : std::string();
}

std::vector<Channel> channels_of(const Policy& policy) {
  std::vector<Channel> channels;
  const Json* given = find_member(policy.alerts, "channels");
  if (given == nullptr) return channels;
  for (const auto& [name, node] : given->items()) {
    Channel& channel = channels.emplace_back();
    channel.name = name;
    channel.type =
        string_member(node, "type") == "telegram" ? Channel::Type::telegram : Channel::Type::slack;
    channel.secret = string_member(node, "url");
    if (const Json* chat_id = find_member(node, "chat_id")) channel.chat_id = *chat_id;
    channel.kinds = {"alert", "exception", "overdue"};
    if (const Json* kinds = find_member(node, "kinds")) {
      channel.kinds.clear();
      for (const Json& kind : *kinds) channel.kinds.insert(kind.get<std::string>());
    }
  }
  return channels;
}

Result<std::string> secret_url(const Channel& channel) {
  std::string url;
  if (channel.secret.starts_with("env:")) {
    const std::string variable = channel.secret.substr(4);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') {
      return fail(Code::policy_value, "the environment variable " + variable + " is not set");
    }
    url = trimmed(value);
  } else {
    const std::string path = channel.secret.substr(std::string_view("file:").size());
    std::ifstream file(path);
    std::string text(url_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    url = trimmed(text);
    if (url.empty()) return fail(Code::policy_value, "the file " + path + " holds no URL");
  }
  if (url.size() > url_bytes_max) return fail(Code::policy_value, "the URL is too long");
  return url;
}

bool is_quiet(const Policy& policy, Time now) {
  const Json* hours = find_member(policy.alerts, "quiet_hours");
  if (hours == nullptr) return false;
  const std::int64_t from = minute_of(string_member(*hours, "from"));
  const std::int64_t to = minute_of(string_member(*hours, "to"));
  const std::int64_t minute = local_minute(now, string_member(*hours, "time_zone"));
  return from <= to ? from <= minute && minute < to : from <= minute || minute < to;
}

}  // namespace truce
