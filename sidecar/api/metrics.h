// The Prometheus text exposition format, version 0.0.4.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace truce::api {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

class MetricsText {
 public:
  enum class Kind { counter, gauge, histogram };

  // Begins a metric; its samples follow.
  void begin(std::string_view name, Kind kind, std::string_view help);
  // `suffix` is "" or, of a histogram, "_bucket", "_sum", "_count".
  void sample(const Labels& labels, double value, std::string_view suffix = {});

  const std::string& text() const { return text_; }

 private:
  std::string name_;
  std::string text_;
};

}  // namespace truce::api
