// A fake CRM as its clients see it: a real HTTP server on loopback that speaks one real system's
// REST dialect, and has that system's bad days.
#pragma once

#include <httplib.h>

#include <atomic>
#include <string>
#include <thread>

#include "sidecar/demo/crm_store.h"
#include "sidecar/demo/dice.h"

namespace truce::demo {

// How often a request meets which fault; each in [0, 1].
struct FaultRates {
  double too_many = 0.03;    // 429 with Retry-After, nothing done
  double broken = 0.03;      // 500, nothing done
  double no_answer = 0.025;  // a write that is done, and the connection closes without an answer
  int requests_per_second = 80;  // what is beyond gets 429
};

// What a write's header says that it answers; a person where it says nothing.
Cause cause_of(const httplib::Request& write);

class CrmServer {
 public:
  // Listens on 127.0.0.1, on a port that was free. `store` must live longer.
  CrmServer(CrmStore& store, FaultRates rates, Dice dice);
  ~CrmServer();
  CrmServer(const CrmServer&) = delete;
  CrmServer& operator=(const CrmServer&) = delete;

  // 0 where the server could not start.
  int port() const { return port_; }
  // Requests that met a fault so far.
  int faults() const { return faults_; }

 private:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;
  enum class Access { read, write };

  bool over_the_limit();
  double roll();
  Handler with_faults(Access access, Handler handler);
  void add_hubspot_routes();
  void add_salesforce_routes();

  CrmStore& store_;
  FaultRates rates_;
  std::mutex mutex_;  // of the next three
  Dice dice_;
  Time second_began_;
  int requests_in_second_ = 0;
  std::atomic<int> faults_ = 0;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace truce::demo
