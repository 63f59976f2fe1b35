// One way of keeping the systems the same.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sidecar/simulate/office.h"

namespace truce::simulate {

// What is handed to a person instead of being decided.
struct OpenQuestions {
  std::set<std::pair<Thing, std::size_t>> fields;       // by (thing, field)
  std::set<std::pair<Thing, std::size_t>> undelivered;  // the same: decided, and not written
  std::set<Thing> things;                               // whether, or how often, it is to be there
  std::set<Thing> doubles;                              // of these: which records are the same one
  std::size_t count = 0;
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  // The first records are there; everything is quiet.
  virtual void begin() = 0;
  virtual void receive(const Webhook& webhook) = 0;
  virtual OpenQuestions open_questions() { return {}; }
};

enum class StrategyKind { naive, lww_record, lww_field, truce_fast, truce };
// "naive", "lww_record", …
std::string_view to_string(StrategyKind kind);

// `office` must outlive it.
std::unique_ptr<Strategy> make_strategy(StrategyKind kind, Office& office, std::uint64_t seed);

}  // namespace truce::simulate
