// Collects what is wrong with a policy, each with its place in the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/policy/parse_policy.h"
#include "engine/core/policy/source_text.h"

namespace truce::policy_file {

// A value of the file, or the key that it stands behind.
struct Place {
  const Node* node = nullptr;
  std::size_t offset = 0;
};
inline Place value_of(const Node& node) { return {&node, node.begin}; }
// The value itself where it has no key: an element of an array, the whole file.
inline Place key_of(const Node& node) {
  return {&node, node.key.empty() ? node.begin : node.key_begin};
}

// For messages: at most 80 escaped characters of the file, in quotes.
inline std::string in_quotes(std::string_view text) { return "\"" + shown(text) + "\""; }

class Findings {
 public:
  // Both must outlive this.
  Findings(std::string_view text, const Node& root) : text_(text), root_(root) {}

  void error(Code code, Place place, std::string message, std::string mend = {});
  void warn(Code code, Place place, std::string message, std::string mend = {});

  std::size_t error_count() const { return errors_; }
  std::vector<Finding> in_file_order() const;

 private:
  struct Item {
    std::size_t offset;
    Finding finding;
  };
  void add(Finding::Severity severity, Code code, Place place, std::string message,
           std::string mend);

  std::string_view text_;
  const Node& root_;
  std::vector<Item> items_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace truce::policy_file
