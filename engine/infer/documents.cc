#include "engine/infer/documents.h"

#include <algorithm>
#include <utility>

#include "engine/infer/bounds.h"

namespace truce::infer {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view white_space = " \t\r\n";

bool is_empty(std::string_view text) {
  return text.find_first_not_of(white_space) == std::string_view::npos;
}

std::string at_pointer(const Problem& problem) {
  return problem.pointer.empty() ? std::string() : " at " + shown(problem.pointer);
}

tl::unexpected<Problem> not_read(const std::string& file, const Problem& problem) {
  return fail(problem.code, shown(file) + ": " + problem.message + at_pointer(problem),
              problem.pointer);
}

// The message of one line speaks of its own line 1.
tl::unexpected<Problem> line_not_read(const std::string& file, std::size_t line,
                                      const Problem& problem) {
  constexpr std::string_view own_line = "line 1, ";
  std::string message = problem.message;
  if (message.starts_with(own_line)) message.erase(0, own_line.size());
  return fail(problem.code,
              shown(file) + ": line " + std::to_string(line) + ", " + message + at_pointer(problem),
              problem.pointer);
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// A first line that is a document, with more behind it.
bool is_one_a_line(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (is_empty(line)) continue;
    return !is_empty(text) && parse_json(line).has_value();
  }
  return false;
}

using Take = std::function<Result<void>(const Document&)>;

Result<void> take_lines(const std::string& file, std::string_view text, const Take& take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (number > lines_max) {
      return fail(Code::too_many_fields, shown(file) + ": line " + std::to_string(number) +
                                             ": more than " + std::to_string(lines_max) +
                                             " lines; a smaller sample says as much");
    }
    if (is_empty(line)) continue;
    Result<Json> parsed = parse_json(line);
    if (!parsed) return line_not_read(file, number, parsed.error());
    if (Result<void> taken = take({*std::move(parsed), number}); !taken) return taken;
  }
  return {};
}

}  // namespace

Result<void> for_each_document(const std::string& file, std::string_view text, const Take& take) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (is_empty(text)) return fail(Code::invalid_json, shown(file) + ": the file is empty");
  if (is_one_a_line(text)) return take_lines(file, text, take);
  Result<Json> parsed = parse_json(text);
  if (!parsed) return not_read(file, parsed.error());
  return take({*std::move(parsed), 0});
}

}  // namespace truce::infer
