#include "tests/api/support/reference.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>

#include "engine/core/model/json_members.h"
#include "sidecar/api/openapi.h"
#include "tests/api/support/memory_services.h"

namespace truce::test {

namespace {

// Keywords that say nothing of what an answer may be; the bounds of numbers stand only in requests.
const std::set<std::string> notes = {"description", "format", "default", "minimum", "maximum"};

bool is_of_type(const std::string& type, const Json& value) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer();
  throw std::logic_error("the reference has a type " + type);
}

bool is_one_of(const Json& options, const Json& value) {
  return std::find(options.begin(), options.end(), value) != options.end();
}

std::vector<std::string> segments_of(const std::string& path) {
  std::vector<std::string> segments;
  std::size_t begin = 1;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    segments.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

bool fits(const std::string& pattern, const std::string& path) {
  const auto wanted = segments_of(pattern);
  const auto given = segments_of(path);
  return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(),
                    [](const std::string& want, const std::string& segment) {
                      return want == segment || want.starts_with('{');
                    });
}

class Reference {
 public:
  explicit Reference(Json document) : document_(std::move(document)) {}

  std::vector<std::string> faults(const std::string& method, const std::string& target,
                                  const Reply& reply) {
    faults_.clear();
    const std::string path = target.substr(0, target.find('?'));
    const Json* operation = find_operation(method, path);
    if (operation == nullptr) return {};
    call_ = method + ' ' + path + ' ' + std::to_string(reply.status);
    const Json& responses = operation->at("responses");
    const Json* response = find_member(responses, std::to_string(reply.status));
    if (response == nullptr) response = &responses.at("default");
    check_response(*response, reply);
    return std::move(faults_);
  }

 private:
  // A pattern without parameters goes before one with them.
  const Json* find_operation(std::string method, const std::string& path) const {
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    const Json& paths = document_.at("paths");
    const Json* operations = find_member(paths, path);
    for (auto at = paths.begin(); operations == nullptr && at != paths.end(); ++at) {
      if (fits(at.key(), path)) operations = &at.value();
    }
    return operations == nullptr ? nullptr : find_member(*operations, method);
  }

  void check_response(const Json& response, const Reply& reply) {
    const auto header = reply.headers.find("Content-Type");
    const std::string said = header == reply.headers.end() ? "" : header->second;
    const std::string type = said.substr(0, said.find(';'));
    const Json* content = find_member(response, "content");
    const Json* described = content == nullptr ? nullptr : find_member(*content, type);
    const bool is_empty = type.empty() && reply.text.empty();
    if (described == nullptr && is_empty) return;
    if (described == nullptr) return fault("", "comes as '" + type + "'");
    if (type.ends_with("json")) check(described->at("schema"), reply.body, "");
  }

  void fault(const std::string& at, const std::string& what) {
    faults_.push_back(call_ + ": " + at + ' ' + what);
  }

  const Json& resolve(const Json& schema) const {
    const Json* reference = find_member(schema, "$ref");
    if (reference == nullptr) return schema;
    return resolve(document_.at(Json::json_pointer(reference->get<std::string>().substr(1))));
  }

  void check(const Json& named, const Json& value, const std::string& at) {
    const Json& schema = resolve(named);
    for (const auto& [keyword, argument] : schema.items()) {
      if (keyword == "type") {
        const bool is_list = argument.is_array();
        const bool fits = is_list ? std::any_of(argument.begin(), argument.end(),
                                                [&](const Json& type) {
                                                  return is_of_type(type.get<std::string>(), value);
                                                })
                                  : is_of_type(argument.get<std::string>(), value);
        if (!fits) fault(at, "is " + to_wire(value));
      } else if (keyword == "enum") {
        if (!is_one_of(argument, value)) fault(at, "is " + to_wire(value));
      } else if (keyword == "anyOf") {
        check_any(argument, value, at);
      } else if (keyword == "items") {
        for (const Json& element : value.is_array() ? value : Json::array()) {
          check(argument, element, at + "/0");
        }
      } else if (keyword == "required") {
        for (const Json& name : argument) {
          const bool lacks = value.is_object() && !value.contains(name.get<std::string>());
          if (lacks) fault(at, "has no '" + name.get<std::string>() + "'");
        }
      } else if (keyword != "properties" && keyword != "additionalProperties" &&
                 !notes.contains(keyword)) {
        throw std::logic_error("the reference has a keyword " + keyword);
      }
    }
    if (value.is_object()) check_members(schema, value, at);
  }

  void check_members(const Json& schema, const Json& value, const std::string& at) {
    const Json* properties = find_member(schema, "properties");
    const Json* others = find_member(schema, "additionalProperties");
    if (properties == nullptr && others == nullptr) return;
    for (const auto& [name, member] : value.items()) {
      const Json* own = properties == nullptr ? nullptr : find_member(*properties, name);
      if (own != nullptr) {
        check(*own, member, at + '/' + name);
      } else if (others == nullptr) {
        fault(at, "has a member '" + name + "'");
      } else if (others->is_object()) {
        check(*others, member, at + "/*");
      }
    }
  }

  // The faults of the branch that has the fewest.
  void check_any(const Json& branches, const Json& value, const std::string& at) {
    const std::vector<std::string> before = std::move(faults_);
    std::optional<std::vector<std::string>> least;
    for (const Json& branch : branches) {
      faults_.clear();
      check(branch, value, at);
      if (!least || faults_.size() < least->size()) least = faults_;
    }
    faults_ = before;
    faults_.insert(faults_.end(), least->begin(), least->end());
  }

  const Json document_;
  std::string call_;
  std::vector<std::string> faults_;
};

struct Compared {
  std::mutex mutex;
  Reference reference{[] {
    MemoryServices parts;
    return api::openapi_document(api::all_calls(parts.services));
  }()};
  std::set<std::string> seen;
  std::vector<std::string> fresh;
};

Compared& compared() {
  static Compared all;
  return all;
}

}  // namespace

void compare_with_reference(const std::string& method, const std::string& target,
                            const Reply& reply) {
  Compared& all = compared();
  const std::lock_guard lock(all.mutex);
  for (std::string& fault : all.reference.faults(method, target, reply)) {
    if (all.seen.insert(fault).second) all.fresh.push_back(std::move(fault));
  }
}

std::vector<std::string> faults_of_reference() {
  Compared& all = compared();
  const std::lock_guard lock(all.mutex);
  return std::exchange(all.fresh, {});
}

}  // namespace truce::test
