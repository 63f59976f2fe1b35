// Reads what a workflow says became of a delivery.
#include <algorithm>
#include <array>

#include "engine/app/settle.h"
#include "engine/core/normalize/reference.h"

namespace truce {
namespace {

constexpr std::array<std::pair<ResultStatus, std::string_view>, 7> status_words{
    {{ResultStatus::delivered, "delivered"},
     {ResultStatus::failed, "failed"},
     {ResultStatus::exists, "exists"},
     {ResultStatus::gone, "gone"},
     {ResultStatus::unknown, "unknown"},
     {ResultStatus::found, "found"},
     {ResultStatus::absent, "absent"}}};
constexpr std::size_t message_bytes_max = 2'000;
constexpr std::string_view withheld_words =
    "(what the target said is left out: it may quote a private value)";
constexpr double retry_after_seconds_max = 86'400;

// A workflow may hand on the header as it came: digits in a text are a number, a date is none.
std::optional<Duration> read_retry_after(const Json& error) {
  const Json* node = find_member(error, "retry_after_s");
  if (!node || !(is_number(*node) || node->is_string())) return std::nullopt;
  const std::string text = scalar_text(*node).value_or("");
  const bool is_digits = text.find_first_not_of("0123456789") == std::string::npos;
  if (node->is_string() && !is_digits) return std::nullopt;
  const double seconds = std::strtod(text.c_str(), nullptr);
  if (!(seconds > 0)) return std::nullopt;
  return Duration::of_ms(
      static_cast<std::int64_t>(std::min(seconds, retry_after_seconds_max) * 1000));
}

// Of whole characters, so that what is stored can be compared with what is told again.
std::string kept_of(const std::string& words) {
  std::size_t end = std::min(words.size(), message_bytes_max);
  const auto is_inside = [&](std::size_t at) {
    return at < words.size() && (static_cast<unsigned char>(words[at]) & 0xC0) == 0x80;
  };
  while (is_inside(end)) --end;
  return words.substr(0, end);
}

// A target's words may quote what was written, in whatever form; the number of an answer does not.
void read_words(const Json& error, DeliveryResult& result) {
  const Json* status = find_member(error, "status");
  const Json* message = find_member(error, "message");
  const std::string code = status ? scalar_text(*status).value_or("") : "";
  const std::string words = message && message->is_string() ? message->get<std::string>() : "";
  const std::string gap = code.empty() || words.empty() ? "" : " ";
  result.message = kept_of(code + gap + words);
  const bool is_number =
      code.size() <= 3 && code.find_first_not_of("0123456789") == std::string::npos;
  if (is_number) result.withheld = code + gap;
  if (!is_number || !words.empty()) result.withheld += withheld_words;
}

// Of the answers 4xx, those after which the same request may be taken.
constexpr std::array worth_a_retry{408, 409, 423, 425, 429};

bool refuses_for_good(const Json& error) {
  const Json* node = find_member(error, "status");
  const std::string text = node ? scalar_text(*node).value_or("") : "";
  if (text.size() != 3 || text.find_first_not_of("0123456789") != std::string::npos) return false;
  const int status = std::stoi(text);
  return status / 100 == 4 &&
         std::find(worth_a_retry.begin(), worth_a_retry.end(), status) == worth_a_retry.end();
}

Result<bool> read_class(const Json& error) {
  const Json* node = find_member(error, "class");
  if (!node || node->is_null()) return refuses_for_good(error);
  if (*node == "permanent") return true;
  if (*node == "transient") return false;
  return fail(Code::schema, "'class' is transient or permanent", "/error/class");
}

// One name alone is a list of one.
Result<std::vector<std::string>> read_refused_fields(const Json& error) {
  std::vector<std::string> names;
  const Json* fields = find_member(error, "fields");
  if (!fields || fields->is_null()) return names;
  const auto wrong = [] {
    return fail(Code::schema, "'fields' is a list of names", "/error/fields");
  };
  if (fields->is_string()) return std::vector{fields->get<std::string>()};
  if (!fields->is_array()) return wrong();
  for (const Json& name : *fields) {
    if (!name.is_string()) return wrong();
    names.push_back(name.get<std::string>());
  }
  return names;
}

Result<void> read_error(const Json& error, DeliveryResult& result) {
  if (error.is_string()) return read_error({{"message", error}}, result);
  if (!error.is_object()) return fail(Code::schema, "'error' is an object or a text", "/error");
  const Result<bool> permanent = read_class(error);
  if (!permanent) return tl::unexpected(permanent.error());
  result.permanent = *permanent;
  read_words(error, result);
  result.retry_after = read_retry_after(error);
  auto fields = read_refused_fields(error);
  if (!fields) return tl::unexpected(fields.error());
  result.refused_fields = *std::move(fields);
  return {};
}

}  // namespace

std::string_view to_string(ResultStatus status) {
  const auto known = std::find_if(status_words.begin(), status_words.end(),
                                  [&](const auto& one) { return one.first == status; });
  return known->second;
}

Result<DeliveryResult> read_result(const Json& node) {
  DeliveryResult result;
  const Json* status = find_member(node, "status");
  const std::string word = status && status->is_string() ? status->get<std::string>() : "";
  const auto known = std::find_if(status_words.begin(), status_words.end(),
                                  [&](const auto& one) { return one.second == word; });
  if (known == status_words.end()) {
    return fail(Code::schema,
                "'status' is one of delivered, failed, exists, gone, unknown, found, absent",
                "/status");
  }
  result.status = known->first;
  if (const Json* id = find_member(node, "record_id"); id && !id->is_null()) {
    auto read = read_record_id(*id);
    if (!read) return fail(read.error().code, read.error().message, "/record_id");
    result.record_id = *std::move(read);
  }
  if (const Json* record = find_member(node, "record"); record && !record->is_null()) {
    if (!record->is_object()) return fail(Code::schema, "a record is a JSON object", "/record");
    result.record = record;
  }
  if (const Json* error = find_member(node, "error"); error && !error->is_null()) {
    if (const auto read = read_error(*error, result); !read) return tl::unexpected(read.error());
  }
  return result;
}

}  // namespace truce
