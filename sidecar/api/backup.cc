// POST /v1/backup: a copy of the database while it is in use.
#include "sidecar/api/calls.h"
#include "sidecar/api/writing.h"
#include "sidecar/dto/member_reader.h"

namespace truce::api {

namespace {

Answer post_backup(Services& services, const HttpRequest& request) {
  const Result<Json> body = read_object(request);
  if (!body) return refuse(body.error());
  MemberReader reader(*body);
  const std::string destination = reader.required_text("destination");
  if (reader.problem()) return refuse(*reader.problem());
  if (destination.front() != '/') {
    return refuse(Code::format, "an absolute path is expected", "/destination");
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
