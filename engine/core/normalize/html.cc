#include "engine/core/normalize/html.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/core/normalize/html_entities.h"
#include "engine/core/normalize/text.h"

namespace truce {
namespace {

constexpr std::array<std::string_view, 34> blocks = {
    "address", "article", "aside",  "blockquote", "br",    "center", "dd",  "details", "div",
    "dl",      "dt",      "figure", "footer",     "form",  "h1",     "h2",  "h3",      "h4",
    "h5",      "h6",      "header", "hr",         "li",    "main",   "nav", "ol",      "p",
    "pre",     "section", "table",  "tbody",      "tfoot", "tr",     "ul"};
constexpr std::array<std::string_view, 2> cells = {"td", "th"};
constexpr std::array<std::string_view, 4> unseen = {"script", "style", "template", "title"};
constexpr std::size_t longest_entity_chars = 10;

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct Tag {
  std::string name;  // lower case
  bool closes = false;
  std::string_view attributes;
  std::size_t end = 0;  // behind its >
};

// The > that ends a tag, not one inside a quoted attribute. A quote that is never closed is no
// quote: each kind can fail so only once, which keeps the whole linear.
std::size_t end_of_tag(std::string_view html, std::size_t from) {
  char quote = '\0';
  for (std::size_t at = from; at < html.size(); ++at) {
    const char c = html[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '>') {
      return at;
    } else if ((c == '"' || c == '\'') && html[at - 1] == '=') {
      quote = c;
    }
  }
  return html.find('>', from);
}

// The tag that begins at `at`, which is a '<' with a '>' behind it; nullopt when that is no tag.
std::optional<Tag> tag_at(std::string_view html, std::size_t at) {
  Tag tag;
  std::size_t next = at + 1;
  tag.closes = next < html.size() && html[next] == '/';
  if (tag.closes) ++next;
  if (next >= html.size() || !is_letter(html[next])) return std::nullopt;
  while (next < html.size() && !is_space(html[next]) && html[next] != '>' && html[next] != '/') {
    tag.name += lower(html[next++]);
  }
  const std::size_t end = end_of_tag(html, next);
  if (end == std::string_view::npos) return std::nullopt;
  tag.attributes = html.substr(next, end - next);
  tag.end = end + 1;
  return tag;
}

// alt="…" of an image; empty when it has none.
std::string attribute(std::string_view attributes, std::string_view name) {
  for (std::size_t at = 0; at < attributes.size();) {
    while (at < attributes.size() && (is_space(attributes[at]) || attributes[at] == '/')) ++at;
    std::string found;
    while (at < attributes.size() && !is_space(attributes[at]) && attributes[at] != '=') {
      found += lower(attributes[at++]);
    }
    if (at >= attributes.size() || attributes[at] != '=') continue;
    ++at;
    const bool quoted = at < attributes.size() && (attributes[at] == '"' || attributes[at] == '\'');
    const char quote = quoted ? attributes[at++] : ' ';
    const std::size_t end = std::min(attributes.find(quote, at), attributes.size());
    if (found == name) return std::string(attributes.substr(at, end - at));
    at = std::min(end + 1, attributes.size());
  }
  return {};
}

class Projection {
 public:
  explicit Projection(std::string_view html)
      : html_(html), last_close_(html.rfind('>') == std::string_view::npos ? 0 : html.rfind('>')) {}

  std::string text() {
    while (at_ < html_.size()) step();
    // Only now is it known whether the line ends of the source were HTML's white space.
    return saw_tag_ ? collapsed(out_, ' ') : collapsed(out_, '\n');
  }

 private:
  static constexpr char block_end = '\x1E';  // no control character survives from the source

  void step() {
    const char c = html_[at_];
    if (c == '<') return mark();
    if (c == '&') return reference();
    out_ += c == block_end ? ' ' : c;
    ++at_;
  }

  void mark() {
    const std::string_view rest = html_.substr(at_);
    if (rest.starts_with("<!--")) return skip_past("-->", 4);
    const bool can_close = at_ < last_close_;
    if (can_close && (rest.starts_with("<!") || rest.starts_with("<?"))) return skip_past(">", 2);
    const std::optional<Tag> tag = can_close ? tag_at(html_, at_) : std::nullopt;
    if (!tag) {
      out_ += html_[at_++];
      return;
    }
    saw_tag_ = true;
    at_ = tag->end;
    if (!tag->closes && is_one_of(unseen, tag->name)) return skip_content(tag->name);
    if (tag->name == "img" && !tag->closes) return image(tag->attributes);
    if (is_one_of(blocks, tag->name)) out_ += block_end;
    if (is_one_of(cells, tag->name)) out_ += ' ';
  }

  void skip_past(std::string_view end_mark, std::size_t from) {
    saw_tag_ = true;
    const std::size_t end = html_.find(end_mark, at_ + from);
    at_ = end == std::string_view::npos ? html_.size() : end + end_mark.size();
  }

  void skip_content(const std::string& name) {
    for (; at_ < html_.size(); ++at_) {
      if (html_[at_] != '<' || at_ + 1 >= html_.size() || html_[at_ + 1] != '/') continue;
      std::size_t same = 0;
      while (same < name.size() && at_ + 2 + same < html_.size() &&
             lower(html_[at_ + 2 + same]) == name[same]) {
        ++same;
      }
      if (same == name.size()) return;
    }
  }

  void image(std::string_view attributes) {
    const std::string alt = attribute(attributes, "alt");
    out_ += "[" + (alt.empty() ? attribute(attributes, "src") : alt) + "]";
  }

  void reference() {
    const std::string_view ahead = html_.substr(at_ + 1, longest_entity_chars);
    const std::size_t end = ahead.find(';');
    const std::string character =
        end == std::string_view::npos ? std::string{} : character_of_entity(ahead.substr(0, end));
    out_ += character.empty() ? std::string("&") : character;
    at_ += character.empty() ? 1 : end + 2;
  }

  // Runs of white space become one space, or one line end where they hold a block's.
  static std::string collapsed(std::string_view text, char line_end_of_source) {
    const std::string plain = comparable(text);
    std::string out;
    out.reserve(plain.size());
    for (std::size_t at = 0; at < plain.size();) {
      bool line_end = false;
      const std::size_t begin = at;
      while (at < plain.size() && (is_space(plain[at]) || plain[at] == block_end)) {
        line_end =
            line_end || plain[at] == block_end || (plain[at] == '\n' && line_end_of_source == '\n');
        ++at;
      }
      const bool inside = begin > 0 && at < plain.size();
      if (at > begin && inside) out += line_end ? '\n' : ' ';
      if (at < plain.size()) out += plain[at++];
    }
    return out;
  }

  std::string_view html_;
  std::size_t at_ = 0;
  std::size_t last_close_;  // of the last '>'
  std::string out_;
  bool saw_tag_ = false;
};

}  // namespace

std::string text_projection(std::string_view html) { return Projection(html).text(); }

Value html_value(std::string html) {
  std::string key = comparable(text_projection(html));
  if (key.empty()) return Value::null();
  return Value::of_text(std::move(html), std::move(key));
}

}  // namespace truce
