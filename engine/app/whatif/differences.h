// Where two pictures of one golden record differ. Internal to this folder.
#pragma once

#include "engine/app/whatif/record_replay.h"

namespace truce {

using Alike = bool (*)(const GoldenField& a, const GoldenField& b);
// The value, and whether it is contested.
bool show_the_same(const GoldenField& a, const GoldenField& b);
// Also whose word it is, of when, and by which rule.
bool are_the_same(const GoldenField& a, const GoldenField& b);
using Fields = SharedMap<FieldName, GoldenField>;
// Fields that are not alike, also where one has none.
std::vector<FieldName> fields_apart(const Fields& a, const Fields& b, Alike alike);
// Subjects of questions that `a` has and `b` has not.
std::vector<std::string> questions_only_in(const std::map<std::string, AskedQuestion>& a,
                                           const std::map<std::string, AskedQuestion>& b);
// {value, system, rule, changed_at, event_key, contested}; null where there is none.
Json field_json(const Fields& fields, const FieldName& field);
Json question_json(const AskedQuestion& question);

}  // namespace truce
