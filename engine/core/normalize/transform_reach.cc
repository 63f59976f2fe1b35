#include "engine/core/normalize/transform_reach.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace truce {
namespace {

bool begins_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool continues_name(char c) { return begins_name(c) || is_digit(c); }

// They give neither their input nor a part of it.
constexpr std::array<std::string_view, 6> constants = {"and", "empty", "false",
                                                       "or",  "null",  "true"};
// They look at the whole of their input, so it must be something that the program has made or
// named.
constexpr std::array<std::string_view, 26> functions = {
    "add",      "all",        "any",  "ascii_downcase", "ascii_upcase", "contains", "endswith",
    "first",    "flatten",    "gsub", "index",          "join",         "last",     "length",
    "ltrimstr", "map",        "not",  "reverse",        "rtrimstr",     "select",   "sort",
    "split",    "startswith", "sub",  "test",           "tonumber"};
constexpr std::array<std::string_view, 12> operators = {
    "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Knows a small part of jq, enough for what policies do most; in it no value is reached but by the
// name of a member that holds it. Everything else is not known.
class NamedAccess {
 public:
  explicit NamedAccess(std::string_view program) : program_(program) {}

  bool is_all() {
    while (at_ < program_.size()) {
      if (!step()) return false;
    }
    return true;
  }

 private:
  // A bracket, an if or a text. `is_own`: what stands here sees the record itself no more, but what
  // the left side of a | gave.
  struct Level {
    char opened;
    bool was_own;
    bool is_own;
  };

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < program_.size() ? program_[at_ + ahead] : '\0';
  }

  bool step() {
    const char c = peek();
    if (levels_.back().opened == '"') return inside_text(c);
    if (c == ' ' || c == '\t' || c == '\n') return skip();
    if (c == '.') return dot();
    if (c == '"') return open('"');
    if (c == '[' && behind_term_) return index();
    if (c == '(' || c == '[') return open(c);
    if (c == ')' || c == ']') return close();
    if (begins_name(c)) return word();
    if (c == '?' && peek(1) != '/') return skip();
    if (is_digit(c)) return skip();
    behind_term_ = false;
    if (c == ',') return skip();
    if (c == ';') return start_anew();
    if (c == '|' && peek(1) != '=') {
      levels_.back().is_own = true;
      return skip();
    }
    return operation();
  }

  bool skip() {
    ++at_;
    return true;
  }

  bool open(char c) {
    const bool is_own = levels_.back().is_own;
    levels_.push_back({c, is_own, is_own});
    behind_term_ = false;
    return skip();
  }

  bool close() {
    if (levels_.size() == 1) return false;
    levels_.pop_back();
    behind_term_ = true;
    return skip();
  }

  bool start_anew() {
    levels_.back().is_own = levels_.back().was_own;
    return skip();
  }

  bool inside_text(char c) {
    if (c == '"') return close();
    if (c != '\\') return skip();
    ++at_;
    return peek() == '(' && open('(');
  }

  // A name in quotes, in which nothing is computed or escaped.
  bool plain_text() {
    const std::size_t end = program_.find_first_of("\\\"", at_ + 1);
    if (end == std::string_view::npos || program_[end] == '\\') return false;
    at_ = end + 1;
    return true;
  }

  bool dot() {
    ++at_;
    behind_term_ = true;
    if (peek() == '[') return true;
    if (peek() == '"') return plain_text();
    if (begins_name(peek())) {
      take_name();
      return true;
    }
    return peek() != '.' && levels_.back().is_own;
  }

  bool index() {
    ++at_;
    if (peek() == '"') {
      if (!plain_text()) return false;
    } else {
      if (peek() == '-') ++at_;
      if (!is_digit(peek())) return false;
      while (is_digit(peek())) ++at_;
    }
    return peek() == ']' && skip();
  }

  std::string_view take_name() {
    const std::size_t begin = at_;
    while (continues_name(peek())) ++at_;
    return program_.substr(begin, at_ - begin);
  }

  bool word() {
    const std::string_view name = take_name();
    --at_;
    behind_term_ = false;
    if (name == "if") return open('i');
    if (name == "end") return close();
    if (name == "then" || name == "elif" || name == "else") return start_anew();
    if (is_one_of(constants, name)) return skip();
    return is_one_of(functions, name) && levels_.back().is_own && skip();
  }

  bool operation() {
    const std::size_t end = std::min(program_.find_first_not_of("=!<>+-*/%", at_), program_.size());
    const std::string_view found = program_.substr(at_, end - at_);
    at_ = end;
    return is_one_of(operators, found);
  }

  std::string_view program_;
  std::size_t at_ = 0;
  std::vector<Level> levels_ = {{'\0', false, false}};
  bool behind_term_ = false;  // a [ here asks for an element
};

bool is_container(const Json& node) { return node.is_object() || node.is_array(); }

// Every member of `part`, also inside the elements of its arrays.
void collect(const Json& part, ShownChange& out) {
  for (const auto& [name, value] : part.items()) {
    const bool is_member = part.is_object();
    if (is_member && is_container(value)) out.containers.push_back(name);
    if (is_member && !value.is_object()) out.members.push_back(name);
    if (is_container(value)) collect(value, out);
  }
}

// `found` takes the place behind each time that the program has `name` as a word of its own.
template <class Found>
bool any_place_of(const std::string& name, const std::string& program, const Found& found) {
  if (name.empty()) return true;
  for (std::size_t at = program.find(name); at != std::string::npos;
       at = program.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool goes_on =
        end < program.size() && continues_name(program[end]) && continues_name(name.back());
    const bool began_before =
        at > 0 && continues_name(program[at - 1]) && continues_name(name.front());
    if (!goes_on && !began_before && found(end)) return true;
  }
  return false;
}

}  // namespace

std::optional<ShownChange> shown_change(const std::vector<std::string>& changed, const Json& part) {
  ShownChange shown;
  collect(part, shown);
  if (changed.empty()) return shown;
  const std::vector<std::string> all = std::move(shown.members);
  shown.members.clear();
  const auto is_in = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& name : changed) {
    // The last member that the name has: of `emails[0].value` it is `value`.
    const std::size_t begin = name.find_last_of(name.starts_with('/') ? "/" : ".]") + 1;
    const std::string last = is_in(all, name) ? name : name.substr(begin);
    if (!is_in(all, last) && !is_in(shown.containers, last)) return std::nullopt;
    shown.members.push_back(last);
  }
  return shown;
}

bool may_read(const std::string& program, const ShownChange& change) {
  if (!NamedAccess(program).is_all()) return true;
  const auto is_named = [&](const std::string& name) {
    return any_place_of(name, program, [](std::size_t) { return true; });
  };
  // Where it goes on to a member by name, the others inside are not read.
  const auto is_read_whole = [&](const std::string& name) {
    return any_place_of(name, program, [&](std::size_t end) {
      return end + 1 >= program.size() || program[end] != '.' || !begins_name(program[end + 1]);
    });
  };
  return std::any_of(change.members.begin(), change.members.end(), is_named) ||
         std::any_of(change.containers.begin(), change.containers.end(), is_read_whole);
}

}  // namespace truce
