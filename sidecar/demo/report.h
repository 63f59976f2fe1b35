// What the demo says: a line that lives while it runs, the table, and the same as JSON.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "engine/core/model/json.h"
#include "sidecar/demo/oracle.h"
#include "sidecar/demo/world.h"

namespace truce::demo {

// One line that is written over itself on a terminal; silent when it is not `live`.
class Progress {
 public:
  Progress(std::ostream& out, bool live) : out_(out), live_(live) {}
  void show(const World& world, int edits_planned, Duration elapsed);
  void clear();

 private:
  std::ostream& out_;
  bool live_;
};

struct Row {
  std::string strategy;
  Score score;
};

// What became of the third strategy's work, beyond the score.
struct TruceFacts {
  NetworkCounts network;
  int faults = 0;  // requests to the CRMs that failed
  Ledger ledger;
  std::map<std::string, int> other_items;
  int answered = 0;             // questions that the demo answered
  std::string answered_text;    // "amount of rosa.7@… (hubspot 12 / salesforce 13): salesforce"
  bool answer_arrived = false;  // both CRMs hold the chosen value
};

void print_table(std::ostream& out, const std::vector<Row>& rows);
void print_facts(std::ostream& out, const TruceFacts& facts);
// The findings of one row, at most `limit` lines.
void print_findings(std::ostream& out, const Row& row, std::size_t limit);
Json to_json(const std::vector<Row>& rows, const TruceFacts& facts);

}  // namespace truce::demo
