#include "sidecar/cli/serve_options.h"

#include <algorithm>
#include <map>

#include "sidecar/private_file.h"

namespace truce::cli {

namespace {

struct Setting {
  std::string* text = nullptr;
  std::vector<std::string>* list = nullptr;
  int* number = nullptr;
  Bounds bounds = {};
};

std::map<std::string, Setting> settings_of(ServeOptions& options) {
  return {{"policy", {&options.policy, nullptr, nullptr}},
          {"db", {&options.db, nullptr, nullptr}},
          {"listen", {nullptr, &options.listen, nullptr}},
          {"token-file", {&options.token_file, nullptr, nullptr}},
          {"port-file", {&options.port_file, nullptr, nullptr}},
          {"host-name", {nullptr, &options.host_names, nullptr}},
          {"origin", {nullptr, &options.origins, nullptr}},
          {"alert-origin", {nullptr, &options.alert_origins, nullptr}},
          {"alert-pause-ms", {nullptr, nullptr, &options.alert_pause_ms}},
          {"log-level", {&options.log_level, nullptr, nullptr}},
          {"drain-ms", {nullptr, nullptr, &options.drain_ms, drain_ms_bounds}},
          {"stop-ms", {nullptr, nullptr, &options.stop_ms, stop_ms_bounds}},
          {"workers", {nullptr, nullptr, &options.workers, workers_bounds}}};
}

bool set(const Setting& setting, const Json& value) {
  if (setting.text != nullptr && value.is_string()) {
    *setting.text = value.get<std::string>();
    return true;
  }
  if (setting.number != nullptr) {
    const auto number = to_int64(value);
    const Bounds& bounds = setting.bounds;
    if (!number || *number < bounds.least || *number > bounds.most) return false;
    *setting.number = static_cast<int>(*number);
    return true;
  }
  if (setting.list == nullptr) return false;
  const Json list = value.is_array() ? value : Json::array({value});
  setting.list->clear();
  for (const Json& item : list) {
    if (!item.is_string()) return false;
    setting.list->push_back(item.get<std::string>());
  }
  return true;
}

}  // namespace

Result<void> read_config_file(const std::string& path, const std::vector<std::string>& given,
                              ServeOptions& options) {
  const Result<std::string> text = read_whole_file(path, file_bytes_max);
  if (!text) return fail(Code::policy_file, text.error().message);
  const Result<Json> config = parse_json(*text);
  if (!config) return fail(config.error().code, path + ": " + config.error().message);
  if (!config->is_object()) return fail(Code::schema, path + ": an object is expected");
  const std::map<std::string, Setting> settings = settings_of(options);
  for (const auto& [key, value] : config->items()) {
    std::string flag = key;
    std::replace(flag.begin(), flag.end(), '_', '-');
    const auto setting = settings.find(flag);
    if (setting == settings.end()) {
      return fail(Code::schema, path + ": no such setting: " + shown(key));
    }
    if (std::find(given.begin(), given.end(), flag) != given.end()) continue;
    if (!set(setting->second, value)) {
      return fail(Code::schema, path + ": " + flag + " cannot be that");
    }
  }
  return {};
}

}  // namespace truce::cli
