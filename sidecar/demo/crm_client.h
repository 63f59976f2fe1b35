// One connection to one fake CRM, in its dialect; what an HTTP node of a workflow does.
#pragma once

#include <httplib.h>

#include <optional>
#include <string>
#include <vector>

#include "sidecar/demo/contact.h"
#include "sidecar/demo/crm_store.h"

namespace truce::demo {

inline constexpr const char* because_header = "X-Demo-Because";
inline constexpr const char* because_of_machine = "machine";

struct Answer {
  int status = 0;  // 0: no answer; the request may have been carried out
  Json body;       // null where there is none
  double retry_after_s = 0;

  bool done() const { return status >= 200 && status < 300; }
  bool answered() const { return status != 0; }
};

// A value that a field held and holds no more, as the field's history tells of it.
struct Overwritten {
  Content value;   // of the one field
  Content before;  // what it held before that; empty where the history begins
  Time at;
};

// A record as a read shows it.
struct SeenRecord {
  std::string id;
  Time modified;
  Content content;
  Json body;                                      // exactly as the CRM sent it
  std::map<std::string, std::string> changed_at;  // wire name -> RFC 3339, of a poll with history
  std::vector<Overwritten> overwritten;           // of a poll with history; oldest first
};

// A record id in a create's answer, of either dialect; empty where it has none.
std::string created_id(const Answer& answer);
// The id that a refused create names; empty where the answer is no such refusal.
std::string existing_id(const Answer& answer);

// Not thread-safe. No call retries.
class CrmClient {
 public:
  CrmClient(Side side, int port);

  Side side() const { return side_; }
  Answer create(const Json& body);
  // `because` goes along in a header, for the scores.
  Answer update(const std::string& id, const Json& body, Cause because);
  // status 200 with one record's body, or 404.
  Answer get(const std::string& id);
  Answer find_by_email(const std::string& email);
  // Everything modified at `since` or later, with the history of each field.
  Answer poll_since(Time since);

  // The record in the body of `get` and `find_by_email`; the records in that of `poll_since`.
  SeenRecord read(const Json& body) const;
  std::vector<SeenRecord> read_all(const Answer& poll) const;

 private:
  std::string path_of(const std::string& id) const;

  Side side_;
  httplib::Client client_;
};

}  // namespace truce::demo
