// A CRM as a real HTTP server on loopback: its lists in pages, its search with the bounds that real
// ones have, its updates in bulk. The test moves its clock, and edits while pages are read.
//
//   GET  /records?limit=&after=ID                the list, in the order of the ids
//   GET  /search?limit=&since=TIME&after=ID      changed at `since` or later, in the order of the
//   ids GET  /search?limit=&since=TIME&offset=N      the same in the order of their times; what
//   lies
//                                                beyond `search_max` is refused (400)
//   POST /bulk {"records": [{"id", …}]}          at most `page_max`
#pragma once

#include <httplib.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/model/json.h"
#include "engine/core/model/time.h"

namespace truce::test {

class FakeCrm {
 public:
  static constexpr std::size_t page_max = 100;
  static constexpr std::size_t search_max = 10'000;

  FakeCrm();
  ~FakeCrm();
  FakeCrm(const FakeCrm&) = delete;
  FakeCrm& operator=(const FakeCrm&) = delete;

  int port() const { return port_; }

  // What somebody does in the CRM, at its time. Without an event to anybody.
  void put(const std::string& id, const Json& fields);
  void advance(std::int64_t ms);
  Time now() const;
  // Records without a time of their last change; they are in the list, and in a search without
  // `since`.
  void put_timeless(const std::string& id, const Json& fields);

  // Nothing that was changed less than this long ago is found by a search.
  void hide_last(std::int64_t ms);
  // Called before the answer to the call of this number (from 1, since the last call of this) is
  // made.
  void before_call(int number, std::function<void()> does);
  // That call is answered 500.
  void fail_call(int number);

  // As the system shows it: fields, "id" and "modified".
  Json shown(const std::string& id) const;
  std::size_t size() const;

  struct Calls {
    int list = 0, search = 0, bulk = 0;
    int all() const { return list + search + bulk; }
  };
  Calls calls() const;
  void forget_calls();

 private:
  struct Record {
    Json fields;
    std::optional<Time> modified;
  };

  void begin_call(int Calls::*kind, httplib::Response& response);
  void answer_list(const httplib::Request& request, httplib::Response& response);
  void answer_search(const httplib::Request& request, httplib::Response& response);
  void answer_bulk(const httplib::Request& request, httplib::Response& response);
  Json show(const std::string& id, const Record& record) const;
  bool is_found(const Record& record, const std::optional<Time>& since) const;

  mutable std::recursive_mutex mutex_;
  std::map<std::string, Record> records_;
  Time now_;
  Duration hidden_;
  Calls calls_;
  int call_ = 0;
  std::map<int, std::function<void()>> before_;
  std::set<int> failing_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

// A client of it.
class CrmClient {
 public:
  explicit CrmClient(const FakeCrm& crm) : client_("127.0.0.1", crm.port()) {
    client_.set_keep_alive(true);
  }
  struct Page {
    int status = 0;
    std::vector<Json> records;
  };
  Page list(const std::string& after);
  Page search_behind(const std::optional<Time>& since, const std::string& after);
  Page search_at(const std::optional<Time>& since, std::size_t offset);
  int update(const std::vector<Json>& records);  // the status

 private:
  Page get(const std::string& path, httplib::Params parameters);
  httplib::Client client_;
};

}  // namespace truce::test
