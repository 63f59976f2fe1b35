#include "engine/infer/commented_json.h"

#include "engine/core/model/json_text.h"
#include "engine/core/model/utf8.h"

namespace truce::infer {

namespace {

// A comment must not end before its line does, and must not turn the direction of what follows.
std::string on_one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const bool is_control =
        length <= 1 &&
        (length == 0 || static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F);
    if (is_control) {
      line += '?';
    } else {
      line += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return line;
}

}  // namespace

void CommentedJson::comment(std::string_view text) {
  start_line();
  const std::string line = on_one_line(text);
  text_ += line.empty() ? "//" : "// " + line;
}

void CommentedJson::blank_line() {
  if (!levels_.empty() && levels_.back().has_members) text_ += '\n';
}

CommentedJson& CommentedJson::key(std::string_view name) {
  begin_member();
  append_json_string(text_, name);
  text_ += ": ";
  has_key_ = true;
  return *this;
}

void CommentedJson::string(std::string_view value) {
  begin_member();
  append_json_string(text_, value);
  end_member();
}

void CommentedJson::raw(std::string_view json) {
  begin_member();
  text_ += json;
  end_member();
}

std::string CommentedJson::take() {
  text_ += '\n';
  return std::move(text_);
}

void CommentedJson::open(char begin, char end, bool is_line) {
  begin_member();
  text_ += begin;
  levels_.push_back({end, is_line || is_on_a_line(), false, 0});
}

void CommentedJson::close() {
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.is_line) {
    text_ += '\n';
    text_.append(2 * levels_.size(), ' ');
  }
  text_ += level.end;
  end_member();
}

// The comma belongs behind the member before, and comments may stand between.
void CommentedJson::begin_member() {
  if (has_key_) {
    has_key_ = false;
    return;
  }
  if (levels_.empty()) {
    if (!text_.empty()) text_ += '\n';
    return;
  }
  Level& level = levels_.back();
  if (level.has_members) text_.insert(level.comma_at, ",");
  level.has_members = true;
  if (level.is_line) {
    if (text_.back() == ',') text_ += ' ';
  } else {
    start_line();
  }
}

void CommentedJson::end_member() {
  if (!levels_.empty()) levels_.back().comma_at = text_.size();
}

void CommentedJson::start_line() {
  if (!text_.empty()) text_ += '\n';
  text_.append(2 * levels_.size(), ' ');
}

}  // namespace truce::infer
