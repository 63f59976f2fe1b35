// POST /v1/backup: a copy of the database while it is in use.
#include <filesystem>

#include "sidecar/api/calls.h"
#include "sidecar/api/writing.h"
#include "sidecar/dto/member_reader.h"

namespace truce::api {

namespace {

// What is wrong with the path itself; empty: nothing.
std::string unusable(const std::filesystem::path& destination) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(destination, ignored))) {
    return "there is something at this path already";
  }
  if (!std::filesystem::is_directory(destination.parent_path(), ignored)) {
    return "there is no folder " + destination.parent_path().string();
  }
  return {};
}

Answer post_backup(Services& services, const HttpRequest& request) {
  const Result<Json> body = read_object(request);
  if (!body) return refuse(body.error());
  MemberReader reader(*body);
  const std::string destination = reader.required_text("destination");
  if (reader.problem()) return refuse(*reader.problem());
  if (destination.front() != '/') {
    return refuse(Code::format, "an absolute path is expected", "/destination");
  }
  if (std::string why = unusable(destination); !why.empty()) {
    return refuse(Code::format, std::move(why), "/destination");
  }
  const Result<void> copied = services.surroundings.store.backup(destination);
  if (!copied) return refuse(copied.error());
  return json_reply({{"destination", destination}});
}

}  // namespace

std::vector<Call> backup_calls(Services& services) {
  return {{"POST",
           "/v1/backup",
           Scope::operate,
           "A consistent copy of the database on the sidecar's own machine.",
           {},
           "BackupBody",
           "BackedUp",
           [&services](const HttpRequest& request) { return post_backup(services, request); }}};
}

}  // namespace truce::api
