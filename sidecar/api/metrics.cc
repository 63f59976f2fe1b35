#include "sidecar/api/metrics.h"

#include <array>
#include <charconv>

namespace truce::api {

namespace {

std::string_view word_for(MetricsText::Kind kind) {
  switch (kind) {
    case MetricsText::Kind::counter:
      return "counter";
    case MetricsText::Kind::gauge:
      return "gauge";
    case MetricsText::Kind::histogram:
      return "histogram";
  }
  return "untyped";
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '"')
      out += "\\\"";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

}  // namespace

void MetricsText::begin(std::string_view name, Kind kind, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  text_.append(" ").append(word_for(kind)).append("\n");
}

void MetricsText::sample(const Labels& labels, double value, std::string_view suffix) {
  text_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [label, content] : labels) {
    text_ += before;
    before = ',';
    text_.append(label).append("=\"");
    append_escaped(text_, content);
    text_ += '"';
  }
  if (!labels.empty()) text_ += '}';
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text_.append(" ").append(digits.data(), end).append("\n");
}

}  // namespace truce::api
