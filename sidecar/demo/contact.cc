#include "sidecar/demo/contact.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace truce::demo {
namespace {

struct FieldNames {
  Field field;
  std::string_view canonical;
  std::string_view hubspot;
  std::string_view salesforce;
};
constexpr std::array<FieldNames, 8> field_names = {{
    {Field::email, "email", "email", "Email"},
    {Field::first_name, "first_name", "firstname", "FirstName"},
    {Field::last_name, "last_name", "lastname", "LastName"},
    {Field::phone, "phone", "phone", "Phone"},
    {Field::stage, "stage", "lifecyclestage", "Status__c"},
    {Field::tags, "tags", "tags", "Tags__c"},
    {Field::amount, "amount", "contract_value", "Contract_Value__c"},
    {Field::currency, "currency", "contract_currency", "CurrencyIsoCode"},
}};

struct StageNames {
  std::string_view canonical;
  std::string_view hubspot;
  std::string_view salesforce;
};
constexpr std::array<StageNames, 3> stage_names = {{
    {"lead", "lead", "Lead"},
    {"opportunity", "opportunity", "Opportunity"},
    {"customer", "customer", "Customer"},
}};

const FieldNames& names_of(Field field) {
  return *std::find_if(field_names.begin(), field_names.end(),
                       [&](const FieldNames& names) { return names.field == field; });
}

std::string_view stage_on(Side side, const StageNames& names) {
  return side == Side::hubspot ? names.hubspot : names.salesforce;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char character) {
    return static_cast<char>(std::tolower(character));
  });
  return text;
}

// German numbers only: "+49 151…", "0049151…" and "0151 …" are one.
std::string phone_digits(const std::string& text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](unsigned char character) { return std::isdigit(character) != 0; });
  for (const std::string_view prefix : {"0049", "49", "0"}) {
    if (digits.starts_with(prefix)) return digits.substr(prefix.size());
  }
  return digits;
}

std::string stage_meaning(Side side, const std::string& value) {
  for (const StageNames& names : stage_names) {
    if (value == stage_on(side, names)) return std::string(names.canonical);
  }
  return "not a stage: " + value;
}

std::string tags_meaning(const std::string& value) {
  std::vector<std::string> tags = split_tags(lower(value));
  std::sort(tags.begin(), tags.end());
  return join_tags(tags);
}

std::string amount_meaning(std::string value) {
  if (value.find('.') == std::string::npos) return value;
  value.erase(value.find_last_not_of('0') + 1);
  if (value.back() == '.') value.pop_back();
  return value;
}

}  // namespace

std::string_view to_string(Side side) { return side == Side::hubspot ? "hubspot" : "salesforce"; }

std::string_view to_string(Field field) { return names_of(field).canonical; }

std::string_view wire_name(Side side, Field field) {
  const FieldNames& names = names_of(field);
  return side == Side::hubspot ? names.hubspot : names.salesforce;
}

Json to_body(Side side, const Content& content) {
  Json fields = Json::object();
  for (const auto& [field, value] : content) {
    const bool number = side == Side::salesforce && field == Field::amount && !value.empty();
    fields[std::string(wire_name(side, field))] = number ? make_number(value) : Json(value);
  }
  return side == Side::hubspot ? Json{{"properties", fields}} : fields;
}

Content from_body(Side side, const Json& body) {
  Content content;
  const Json* fields = side == Side::hubspot ? find_member(body, "properties") : &body;
  if (fields == nullptr) return content;
  for (const Field field : all_fields) {
    const Json* value = find_member(*fields, wire_name(side, field));
    if (value != nullptr) content[field] = scalar_text(*value).value_or("");
  }
  return content;
}

std::string translate(Side from, Side to, Field field, const std::string& value) {
  return field == Field::stage && !value.empty() && from != to
             ? stage_spelling(to, stage_meaning(from, value))
             : value;
}

std::string meaning(Side side, Field field, const std::string& value) {
  if (value.empty()) return {};
  switch (field) {
    case Field::email:
      return lower(value);
    case Field::first_name:
    case Field::last_name:
    case Field::currency:
      return value;
    case Field::phone:
      return phone_digits(value);
    case Field::stage:
      return stage_meaning(side, value);
    case Field::tags:
      return tags_meaning(value);
    case Field::amount:
      return amount_meaning(value);
  }
  return value;
}

const std::vector<std::string>& all_stages() {
  static const std::vector<std::string> stages = [] {
    std::vector<std::string> names;
    for (const StageNames& stage : stage_names) names.emplace_back(stage.canonical);
    return names;
  }();
  return stages;
}

std::string stage_spelling(Side side, const std::string& stage) {
  for (const StageNames& names : stage_names) {
    if (stage == names.canonical) return std::string(stage_on(side, names));
  }
  return stage;
}

std::vector<std::string> split_tags(std::string_view tags) {
  std::vector<std::string> parts;
  while (!tags.empty()) {
    const std::size_t end = std::min(tags.find(';'), tags.size());
    if (end > 0) parts.emplace_back(tags.substr(0, end));
    tags.remove_prefix(std::min(end + 1, tags.size()));
  }
  return parts;
}

std::string join_tags(const std::vector<std::string>& tags) {
  std::string joined;
  for (const std::string& tag : tags) joined += (joined.empty() ? "" : ";") + tag;
  return joined;
}

}  // namespace truce::demo
