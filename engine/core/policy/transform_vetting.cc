#include "engine/core/policy/transform_vetting.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace truce {
namespace {

constexpr std::size_t program_bytes_max = 4'096;
constexpr std::size_t nesting_max = 64;

struct Forbidden {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view reads_outside = "reads something other than the record";
constexpr std::string_view writes_outside = "writes something other than its answer";
constexpr std::string_view changes_with_time = "gives another answer at another time or place";

constexpr std::array<Forbidden, 17> forbidden_functions = {{
    {"env", reads_outside},
    {"input", reads_outside},
    {"inputs", reads_outside},
    {"input_filename", reads_outside},
    {"input_line_number", reads_outside},
    {"get_search_list", reads_outside},
    {"modulemeta", reads_outside},
    {"import", reads_outside},
    {"include", reads_outside},
    {"module", reads_outside},
    {"debug", writes_outside},
    {"stderr", writes_outside},
    {"halt", "ends the program without an answer"},
    {"halt_error", "ends the program without an answer"},
    {"now", changes_with_time},
    {"localtime", changes_with_time},
    {"strflocaltime", changes_with_time},
}};

std::string never_closed(char bracket) {
  if (bracket == '"') return "a text has no closing quote";
  if (bracket == 'i') return "an if has no end";
  return std::string("a ") + bracket + " is never closed";
}

bool begins_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool continues_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

// Reads the program as jq's lexer does, as far as it takes to know which names are calls.
class Vetting {
 public:
  explicit Vetting(std::string_view program) : program_(program) {}

  std::optional<std::string> refusal() {
    while (!refusal_ && at_ < program_.size()) step();
    if (!refusal_ && !open_.empty()) {
      refuse(never_closed(open_.back()));
    }
    return refusal_;
  }

 private:
  void refuse(std::string why) { refusal_ = std::move(why); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < program_.size() ? program_[at_ + ahead] : '\0';
  }

  // `open_` holds the brackets around this place; a " on top means: inside a text, ( above a "
  // possibly an interpolation, which ends the same way as any other parenthesis.
  void step() {
    if (!open_.empty() && open_.back() == '"') return inside_text();
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\n') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(program_.find('\n', at_), program_.size());
    } else if (begins_name(c)) {
      name();
    } else if (c == '.' && begins_name(peek(1))) {
      field();
    } else if (c == '"' || c == '(' || c == '[' || c == '{') {
      open(c);
    } else if (c == ')' || c == ']' || c == '}') {
      close(c);
    } else if (c == '.' && peek(1) == '.') {
      // Two dots are one token: in `..env` the name is a call.
      at_ += 2;
      previous_ = '.';
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      refuse("it holds a control character");
    } else {
      previous_ = c;
      ++at_;
    }
  }

  void inside_text() {
    const char c = peek();
    if (c == '"') {
      open_.pop_back();
      previous_ = '"';
      ++at_;
    } else if (c == '\\' && peek(1) == '(') {
      ++at_;
      open('(');
    } else {
      at_ += c == '\\' ? 2 : 1;
    }
  }

  void push(char bracket) {
    if (open_.size() == nesting_max) {
      return refuse("nested deeper than " + std::to_string(nesting_max) + " levels");
    }
    open_.push_back(bracket);
  }

  void pop(char bracket, std::string_view closing) {
    if (open_.empty() || open_.back() != bracket) {
      return refuse("a " + std::string(closing) + " closes nothing");
    }
    open_.pop_back();
  }

  void open(char c) {
    push(c);
    previous_ = c;
    ++at_;
  }

  void close(char c) {
    pop(c == ')' ? '(' : c == ']' ? '[' : '{', std::string_view(&c, 1));
    previous_ = c;
    ++at_;
  }

  void field() {
    ++at_;
    take_name();
    previous_ = 'f';
  }

  std::string_view take_name() {
    const std::size_t begin = at_;
    while (continues_name(peek())) ++at_;
    return program_.substr(begin, at_ - begin);
  }

  void name() {
    const std::string_view word = take_name();
    // Inside braces every entry begins with its key; an entry's value has no comma of its own.
    const bool is_key =
        !open_.empty() && open_.back() == '{' && (previous_ == '{' || previous_ == ',');
    const bool is_variable = previous_ == '$';
    previous_ = 'n';
    if (peek() == ':' && peek(1) == ':') return refuse("modules cannot be used");
    if (is_variable) {
      if (word == "ENV" || word == "__prog_args") {
        refuse("$" + std::string(word) + " " + std::string(reads_outside));
      }
    } else if (!is_key) {
      call(word);
    }
  }

  void call(std::string_view word) {
    // Commas between if and end do not separate the entries of an object around them.
    if (word == "if") return push('i');
    if (word == "end") return pop('i', "end");
    const auto found =
        std::find_if(forbidden_functions.begin(), forbidden_functions.end(),
                     [&](const Forbidden& forbidden) { return forbidden.name == word; });
    if (found == forbidden_functions.end()) return;
    refuse(std::string(word) + " " + std::string(found->why));
  }

  std::string_view program_;
  std::size_t at_ = 0;
  std::vector<char> open_;
  char previous_ = '\0';  // the last token: its character, f for a field, n for a name
  std::optional<std::string> refusal_;
};

}  // namespace

std::optional<std::string> refusal_of_program(const std::string& program) {
  if (program.size() > program_bytes_max) {
    return "longer than " + std::to_string(program_bytes_max) + " bytes";
  }
  if (program.find_first_not_of(" \t\n") == std::string::npos) return "it is empty";
  return Vetting(program).refusal();
}

}  // namespace truce
