// Evaluates the part of JSON Schema (draft 2020-12) that docs/policy.schema.json uses, and knows
// which part that is: a keyword that it does not know is listed, never skipped.
#pragma once

#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::test {

class SchemaEvaluator {
 public:
  explicit SchemaEvaluator(Json schema) : root_(std::move(schema)) {}

  std::vector<std::string> unknown_keywords() const;
  bool accepts(const Json& value) const { return accepts(root_, value); }

 private:
  bool accepts(const Json& schema, const Json& value) const;
  bool keyword_accepts(const Json& schema, const std::string& keyword, const Json& argument,
                       const Json& value) const;
  bool object_accepts(const Json& schema, const Json& value) const;
  const Json& resolve(const std::string& reference) const;

  Json root_;
};

}  // namespace truce::test
