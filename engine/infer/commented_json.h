// JSON for people: indented, with comments on lines of their own before what they speak of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace truce::infer {

// The caller opens and closes in pairs and gives each member of an object its key first; commas
// and line ends come by themselves. What is opened as a line stays on one line and takes no
// comments.
class CommentedJson {
 public:
  // Line ends and other control characters in it are shown as escapes.
  void comment(std::string_view text);
  void blank_line();
  CommentedJson& key(std::string_view name);
  void open_object() { open('{', '}', false); }
  void open_line_object() { open('{', '}', true); }
  void open_array() { open('[', ']', false); }
  void open_line_array() { open('[', ']', true); }
  void close_object() { close(); }
  void close_array() { close(); }
  void string(std::string_view value);
  void raw(std::string_view json);

  std::string take();

 private:
  struct Level {
    char end = '}';
    bool is_line = false;
    bool has_members = false;
    std::size_t comma_at = 0;  // where the comma behind the last member goes
  };

  void open(char begin, char end, bool is_line);
  void close();
  void begin_member();
  void end_member();
  void start_line();
  bool is_on_a_line() const { return !levels_.empty() && levels_.back().is_line; }

  std::string text_;
  std::vector<Level> levels_;
  bool has_key_ = false;  // the next value stands behind it
};

}  // namespace truce::infer
