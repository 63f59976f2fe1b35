// What a path's names mean, so that "properties.firstname", "FirstName" and "first_name" are one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/policy/policy.h"

namespace truce::infer {

// The words of the names in a path, in lower case and in one spelling each ("mail", "emails" ->
// "email"; "surname" -> "last", "name"), without what every path of a system has ("properties",
// "value", "__c").
std::vector<std::string> words_of(const Path& path);

// The things that are known by these words, the likeliest first: "first_name", "email",
// "modified". "title" is a person's or a deal's, so both.
std::vector<std::string> concepts_of(const std::vector<std::string>& words);

struct ColumnName {
  std::vector<std::string> words;
  std::vector<std::string> concepts;
  bool is_of_an_entity = false;  // "person_name": perhaps another record's

  bool is(std::string_view concept_name) const;
  bool has(std::string_view word) const;
};
ColumnName name_of(const Path& path);

// 0 to 1. Two that are known as different things are never more than 0.2 alike.
double similarity(const ColumnName& a, const ColumnName& b);

}  // namespace truce::infer
