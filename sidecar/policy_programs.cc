#include "sidecar/policy_programs.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/core/policy/source_text.h"
#include "engine/transform/frame.h"

namespace truce {
namespace {

using policy_file::Node;

// Compiling one takes some 30 ms.
constexpr std::size_t programs_max = 200;

class ProgramCheck {
 public:
  ProgramCheck(const std::string& text, const Node& root, Transforms& transforms)
      : text_(text), root_(root), transforms_(transforms) {}

  std::vector<Finding> run() {
    for (const Node& entity : members_of(&root_, "entities")) {
      for (const Node& field : members_of(&entity, "fields")) {
        for (const Node& entry : members_of(&field, "map")) {
          look_at(entry.member("transform"));
          look_at(entry.member("write_transform"));
        }
      }
    }
    return std::move(found_);
  }

 private:
  static const std::vector<Node>& members_of(const Node* node, const char* name) {
    static const std::vector<Node> none;
    const Node* member = node->member(name);
    return member ? member->children : none;
  }

  void look_at(const Node* program) {
    if (!program || program->kind != Node::Kind::text) return;
    const std::string& why = why_not(program->text);
    if (why.empty()) return;
    const auto place = policy_file::position_of(text_, program->begin);
    found_.push_back({Finding::Severity::error, Code::policy_expression,
                      policy_file::pointer_to(root_, *program), place.line, place.column,
                      "it is no jq program: " + why, "try it with jq 1.6 on a record"});
  }

  const std::string& why_not(const std::string& program) {
    static const std::string nothing;
    const auto known = judged_.find(program);
    if (known != judged_.end()) return known->second;
    if (judged_.size() == programs_max) return nothing;
    std::string& why = judged_[program];
    const auto output = transforms_.run(program, Json());
    if (output) return why;
    const std::string& message = output.error().message;
    const auto said = message.find(frame::does_not_compile);
    if (said != message.npos) why = message.substr(said);
    return why;
  }

  const std::string& text_;
  const Node& root_;
  Transforms& transforms_;
  std::map<std::string, std::string> judged_;
  std::vector<Finding> found_;
};

}  // namespace

void check_programs(const std::string& text, Transforms& transforms, PolicyReading& reading) {
  if (!reading.policy) return;
  const auto root = policy_file::read_source(text);
  if (!root) return;
  const std::vector<Finding> found = ProgramCheck(text, *root, transforms).run();
  if (found.empty()) return;
  reading.policy = nullptr;
  reading.findings.insert(reading.findings.end(), found.begin(), found.end());
  std::stable_sort(reading.findings.begin(), reading.findings.end(),
                   [](const Finding& a, const Finding& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
}

}  // namespace truce
