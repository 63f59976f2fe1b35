// Several clients at once, each on a thread and a connection of its own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/api/support/truce_process.h"

namespace truce::test {

// Runs `work` for clients 0 to count - 1 and waits for all of them. It must not use Catch2, which
// knows one thread only.
inline void run_crowd(const TruceProcess& truce, int count,
                      const std::function<void(Client&, int number)>& work) {
  std::vector<std::thread> threads;
  for (int number = 0; number < count; ++number) {
    threads.emplace_back([&, number] {
      Client client(truce.port(), truce.token());
      work(client, number);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// The only outcome of a reply with 200; null for any other reply.
inline Json outcome_of(const Reply& reply) {
  return reply.status == 200 ? reply.body.at("results").at(0) : Json();
}

// How many entries of the audit trail each event has.
inline std::map<std::string, int> entries_by_event(const TruceProcess& truce) {
  std::map<std::string, int> counts;
  for (const Json& entry : truce.audit()) {
    if (entry.at("kind") == "event") ++counts[entry.at("event_key").get<std::string>()];
  }
  return counts;
}

}  // namespace truce::test
