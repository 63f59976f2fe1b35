// The third strategy: the running sidecar decides; this is the workflow around it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sidecar/demo/sidecar_client.h"
#include "sidecar/demo/strategy.h"

namespace truce::demo {

// Hands every webhook to POST /v1/events in batches, writes the deliveries that come back into the
// CRMs and settles them, and claims from the outbox what has become due: retries and what waited.
// Decides nothing itself. A failure of the sidecar is kept in the ledger and ends its work.
class TruceSync {
 public:
  // `sidecar` and `ledger` must outlive it.
  TruceSync(SidecarClient& sidecar, CrmPair crms, Ledger& ledger);

  // Hands over every record that the CRMs hold, as a first import does.
  void import_all();
  // Events of the import that were rejected.
  int refused_at_import() const { return refused_at_import_; }
  // Forgets the import in the ledger's counts.
  void begin_counting();
  void receive(const Webhook& webhook) { waiting_.push_back(event_of(webhook)); }
  void tick();
  void poll(Time since);
  // Nothing is waiting here, and none of its deliveries in the outbox.
  bool idle();

  // What it asks people about, of the records that it was told of.
  std::vector<OpenQuestion> open_questions();
  // Other items in the operator's queue about these records, by category.
  std::map<std::string, int> other_items();
  // Answers one: the system's value is to stand. False: refused, the reason is in the ledger.
  bool answer(const OpenQuestion& question, Side choose);

 private:
  struct Waiting {
    Json event;
    Side side = Side::hubspot;
    std::string record_id;
    Cause cause = Cause::person;
    bool polled = false;
  };

  static Waiting event_of(const Webhook& webhook);
  static Waiting event_of(Side side, const SeenRecord& record);
  static Waiting event_of(Side side, const SeenRecord& record, const Overwritten& told);
  void hand_over();
  void read_outcomes(const std::vector<Waiting>& events, const Json& reply);
  void claim();
  void carry_out(const Json& deliveries, Cause cause);
  Json carry_out_one(const Json& delivery, Cause cause);
  Json look_up(const Json& delivery, CrmClient& crm);
  void settle(const Json& results);
  std::vector<Json> open_items();
  bool failed(const SidecarReply& reply, const char* doing);

  SidecarClient& sidecar_;
  CrmPair crms_;
  Ledger& ledger_;
  std::vector<Waiting> waiting_;
  std::map<std::string, std::map<Side, std::string>> records_of_;  // golden id -> record ids
  std::map<std::string, Cause> cause_of_;                          // delivery id -> what it answers
  int ticks_ = 0;
  int refused_at_import_ = 0;
};

Strategy truce_strategy(const std::shared_ptr<TruceSync>& sync);

}  // namespace truce::demo
