#include "engine/transform/transform_process.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "engine/transform/jq_child.h"

namespace truce {
namespace {

// jq's numbers are doubles: 9007199254740993 would come out as …992 and 1.10 as 1.1.
Json with_numbers_as_text(const Json& node) {
  if (is_number(node)) return number_text(node);
  if (!node.is_structured()) return node;
  Json copy = node.is_array() ? Json::array() : Json::object();
  if (node.is_array()) {
    for (const Json& element : node) copy.push_back(with_numbers_as_text(element));
  } else {
    for (const auto& [key, member] : node.items()) copy[key] = with_numbers_as_text(member);
  }
  return copy;
}

Result<Json> document_of(const JqChild::Answer& answer) {
  switch (answer.status) {
    case frame::Status::nothing:
      return Json(Json::value_t::discarded);
    case frame::Status::failed:
      return fail(Code::transform_failed, "its transform failed: " + shown(answer.text));
    case frame::Status::value:
      break;
  }
  Result<Json> document = parse_json(answer.text);
  if (document) return document;
  return fail(Code::transform_failed,
              "its transform gave no usable JSON: " + document.error().message);
}

}  // namespace

TransformProcess::TransformProcess(std::string child_program, TransformLimits limits)
    : child_program_(std::move(child_program)), limits_(limits) {}

TransformProcess::~TransformProcess() = default;

Result<Json> TransformProcess::run(const std::string& program, const Json& input) {
  const std::string document = to_wire(with_numbers_as_text(input));
  if (program.size() > frame::most_program_bytes) {
    return fail(Code::transform_failed, "its transform is longer than 4 KiB");
  }
  if (document.size() > frame::most_input_bytes) {
    return fail(Code::transform_failed, "the record is longer than the 16 MiB a transform may see");
  }
  Result<std::unique_ptr<JqChild>> child = take_child();
  if (!child) return tl::unexpected(child.error());
  const Result<JqChild::Answer> answer =
      (*child)->ask(program, document, limits_.preparation_wall, limits_.run_wall);
  give_back(std::move(*child));
  if (!answer) return tl::unexpected(answer.error());
  return document_of(*answer);
}

Result<std::unique_ptr<JqChild>> TransformProcess::take_child() {
  std::unique_lock lock(mutex_);
  freed_.wait(lock, [this] { return busy_ < limits_.children; });
  ++busy_;
  if (!idle_.empty()) {
    std::unique_ptr<JqChild> child = std::move(idle_.back());
    idle_.pop_back();
    return child;
  }
  lock.unlock();
  Result<std::unique_ptr<JqChild>> child = JqChild::start(child_program_, limits_.cpu);
  if (!child) give_back(nullptr);
  return child;
}

void TransformProcess::give_back(std::unique_ptr<JqChild> child) {
  const bool stays = child != nullptr && child->is_usable();
  if (!stays) child.reset();  // reaps it, outside the lock
  {
    const std::lock_guard lock(mutex_);
    --busy_;
    if (stays) idle_.push_back(std::move(child));
  }
  freed_.notify_one();
}

std::string child_program_beside_this_one() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  const std::string self(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const std::size_t slash = self.rfind('/');
  return (slash == std::string::npos ? std::string{} : self.substr(0, slash + 1)) + "truce-jq";
}

}  // namespace truce
