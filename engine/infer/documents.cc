#include "engine/infer/documents.h"

#include <algorithm>
#include <utility>

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

Result<std::vector<Document>> read_lines(const std::string& file, std::string_view text) {
  std::vector<Document> documents;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (is_empty(line)) continue;
    Result<Json> parsed = parse_json(line);
    if (!parsed) return line_not_read(file, number, parsed.error());
    documents.push_back({*std::move(parsed), number});
  }
  return documents;
}

}  // namespace

Result<std::vector<Document>> read_documents(const std::string& file, std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (is_empty(text)) return fail(Code::invalid_json, shown(file) + ": the file is empty");
  if (is_one_a_line(text)) return read_lines(file, text);
  Result<Json> parsed = parse_json(text);
  if (!parsed) return not_read(file, parsed.error());
  std::vector<Document> documents;
  documents.push_back({*std::move(parsed), 0});
  return documents;
}

}  // namespace truce::infer
