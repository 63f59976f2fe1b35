// compared_form, compatibility and joined: how values of two columns are laid side by side.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/normalize/html.h"
#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/text.h"
#include "engine/infer/value_shapes.h"
#include "engine/infer/value_type.h"

namespace truce::infer {

namespace {

std::string plain_form(const Json& node) {
  const std::optional<std::string> text = scalar_text(node);
  return text ? folded(comparable(*text)) : std::string();
}

std::string phone_form(const Json& node) {
  constexpr std::size_t telling_digits = 9;
  std::string digits;
  for (const char c : scalar_text(node).value_or("")) {
    if (c >= '0' && c <= '9') digits += c;
  }
  if (digits.size() > telling_digits) digits.erase(0, digits.size() - telling_digits);
  return digits;
}

// "https://www.edge.com/" and "edge.com" are one.
std::string address_form(const Json& node) {
  std::string address = plain_form(node);
  if (const std::size_t scheme = address.find("://"); scheme != std::string::npos) {
    address.erase(0, scheme + 3);
  }
  if (address.starts_with("www.")) address.erase(0, 4);
  while (!address.empty() && address.back() == '/') address.pop_back();
  return address;
}

std::string set_form(const Value& value) {
  if (!value.is_set()) return {};
  std::string form;
  std::vector<std::string> elements;
  for (const Value::Element& element : value.elements()) elements.push_back(folded(element.key));
  std::sort(elements.begin(), elements.end());
  for (const std::string& element : elements) form += element + element_end;
  return form;
}

std::string canonical_form(FieldType type, const ColumnType& how, const Json& node) {
  System system;
  system.time_zone = "UTC";
  Field field;
  field.type = type;
  MapEntry entry;
  if (type == FieldType::set) {
    entry.split = how.split;
    entry.element = how.element;
    entry.unknown = UnknownOption::pass;
  }
  const Result<Value> value = to_canonical(system, field, entry, node);
  if (!value) return {};
  return type == FieldType::set ? set_form(*value) : value->key();
}

struct Pair {
  FieldType first;
  FieldType second;
  double compatibility;
  FieldType together;
};
// In either order. What is not here, and not the same, cannot be one field.
constexpr std::array pairs = {
    Pair{FieldType::integer, FieldType::decimal, 0.9, FieldType::decimal},
    Pair{FieldType::date, FieldType::instant, 0.8, FieldType::date},
    Pair{FieldType::url, FieldType::domain, 0.8, FieldType::url},
    Pair{FieldType::enumeration, FieldType::text, 0.8, FieldType::text},
    Pair{FieldType::enumeration, FieldType::boolean, 0.5, FieldType::enumeration},
    Pair{FieldType::enumeration, FieldType::integer, 0.5, FieldType::enumeration},
    Pair{FieldType::enumeration, FieldType::set, 0.5, FieldType::set},
    Pair{FieldType::set, FieldType::text, 0.4, FieldType::set},
    Pair{FieldType::html, FieldType::text, 0.8, FieldType::html},
    Pair{FieldType::text, FieldType::email, 0.5, FieldType::text},
    Pair{FieldType::text, FieldType::phone, 0.6, FieldType::phone},
    Pair{FieldType::phone, FieldType::integer, 0.5, FieldType::phone},
    Pair{FieldType::text, FieldType::url, 0.6, FieldType::text},
    Pair{FieldType::text, FieldType::domain, 0.6, FieldType::text},
    Pair{FieldType::text, FieldType::integer, 0.6, FieldType::text},
    Pair{FieldType::text, FieldType::decimal, 0.4, FieldType::text},
    Pair{FieldType::boolean, FieldType::integer, 0.3, FieldType::integer},
};

const Pair* pair_of(FieldType a, FieldType b) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& pair) {
    return (pair.first == a && pair.second == b) || (pair.first == b && pair.second == a);
  });
  return found == pairs.end() ? nullptr : &*found;
}

}  // namespace

std::string compared_form(FieldType type, const ColumnType& how, const Json& node) {
  switch (type) {
    case FieldType::text:
    case FieldType::enumeration:
      return plain_form(node);
    case FieldType::html:
      return folded(comparable(text_projection(scalar_text(node).value_or(""))));
    case FieldType::phone:
      return phone_form(node);
    case FieldType::url:
    case FieldType::domain:
      return address_form(node);
    case FieldType::email:
    case FieldType::integer:
    case FieldType::decimal:
    case FieldType::money:
    case FieldType::boolean:
    case FieldType::date:
    case FieldType::instant:
    case FieldType::set:
    case FieldType::reference:
      return canonical_form(type, how, node);
  }
  return {};
}

double compatibility(const ColumnType& a, const ColumnType& b) {
  if (!a.is_known || !b.is_known) return 0.8;
  if (a.type == b.type) return 1.0;
  const Pair* pair = pair_of(a.type, b.type);
  return pair == nullptr ? 0.0 : pair->compatibility;
}

ColumnType joined(const ColumnType& a, const ColumnType& b) {
  if (!a.is_known) return b;
  if (!b.is_known || a.type == b.type) return a;
  ColumnType type = a;
  const Pair* pair = pair_of(a.type, b.type);
  type.type = pair == nullptr ? FieldType::text : pair->together;
  return type;
}

}  // namespace truce::infer
