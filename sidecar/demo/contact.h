// The one entity of the demo: which fields a contact has, how each fake CRM spells them, and what a
// spelling means. The meaning is told here without the engine, so that it can judge the engine.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::demo {

enum class Side { hubspot, salesforce };
inline constexpr std::array<Side, 2> all_sides = {Side::hubspot, Side::salesforce};
// The policy's name of the system.
std::string_view to_string(Side side);
inline Side other(Side side) { return side == Side::hubspot ? Side::salesforce : Side::hubspot; }

enum class Field { email, first_name, last_name, phone, stage, tags, amount, currency };
inline constexpr std::array<Field, 8> all_fields = {
    Field::email, Field::first_name, Field::last_name, Field::phone,
    Field::stage, Field::tags,       Field::amount,    Field::currency};
// The policy's name of the field.
std::string_view to_string(Field field);

// A record's content in one CRM's own spelling. A field that is not in it is blank.
using Content = std::map<Field, std::string>;

// "lifecyclestage" in the one, "Status__c" in the other.
std::string_view wire_name(Side side, Field field);

// {"properties": {…}} or flat; only the content, neither id nor times.
Json to_body(Side side, const Content& content);
// The fields that `body` (a record or a partial write) holds; a null becomes "".
Content from_body(Side side, const Json& body);

// The same value as `to` spells it: what a person who copies by hand would type.
std::string translate(Side from, Side to, Field field, const std::string& value);

// What a spelling says: an address without case, a phone's national digits, a stage's canonical
// name, sorted lower-case tags joined by ';' (one that is there twice stays so), an amount without
// idle zeros. Blank is "".
std::string meaning(Side side, Field field, const std::string& value);

// The stages in their canonical spelling, and one of them as a CRM spells it.
const std::vector<std::string>& all_stages();
std::string stage_spelling(Side side, const std::string& stage);

// "a;b" -> {"a", "b"}; and back.
std::vector<std::string> split_tags(std::string_view tags);
std::string join_tags(const std::vector<std::string>& tags);

}  // namespace truce::demo
