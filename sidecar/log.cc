#include "sidecar/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "engine/core/model/name_table.h"
#include "engine/core/model/time.h"

namespace truce {

namespace {

constexpr auto level_names =
    name_table<LogLevel, LogLevel::error>("debug", "info", "warning", "error");

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string now_text() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  return to_rfc3339(Time::of_ms(ms));
}

}  // namespace

std::string_view to_string(LogLevel level) { return level_names.name_of(level); }
std::optional<LogLevel> log_level_from(std::string_view word) { return level_names.value_of(word); }

void start_log(LogLevel least) {
  auto logger = spdlog::stderr_logger_mt("truce");
  logger->set_pattern("%v");
  logger->set_level(level_of(least));
  logger->flush_on(spdlog::level::info);
  // A log that cannot be written must not stop anything.
  logger->set_error_handler([](const std::string&) {});
  spdlog::set_default_logger(std::move(logger));
}

bool is_logged(LogLevel level) { return spdlog::default_logger_raw()->should_log(level_of(level)); }

void log_line(LogLevel level, std::string_view event, const Json& fields) {
  if (!is_logged(level)) return;
  Json line = fields;
  line["at"] = now_text();
  line["level"] = to_string(level);
  line["event"] = event;
  // As an argument: what stands in the fields is never a format.
  spdlog::default_logger_raw()->log(level_of(level), "{}", to_wire(line));
}

}  // namespace truce
