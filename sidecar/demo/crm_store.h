// What a fake CRM keeps: records with their property history, automations that rewrite values, and
// the webhooks that every change causes. No HTTP here.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/model/time.h"
#include "sidecar/demo/contact.h"

namespace truce::demo {

// Who set off a change, for the scores only: no strategy may look at it.
// person: somebody's edit, and what the CRM's automation made of it. machine: a write over the API,
// and what the automation made of that.
enum class Cause { person, machine };

struct Change {
  std::string value;
  Time at;
};

struct CrmRecord {
  std::string id;
  Content content;
  Time created;
  Time modified;
  std::map<Field, std::vector<Change>> history;  // oldest first; as both real systems keep it
};

// One notification: the record as it was right after the change.
struct Webhook {
  Side side = Side::hubspot;
  std::string event_id;
  std::string record_id;
  Time occurred_at;
  std::vector<Field> changed;
  Json record;
  Cause cause = Cause::person;
};

// A rewriting that the CRM's automation owes a record; the demo runs it a moment later.
struct DueAutomation {
  std::string record_id;
  Cause cause = Cause::person;
};

// Thread-safe: people edit on one thread while the HTTP server answers on others.
class CrmStore {
 public:
  using Now = std::function<Time()>;  // the CRM's own clock, with its skew; any thread

  // Ids are `id_prefix` and a five-digit number that counts up.
  CrmStore(Side side, std::string id_prefix, Now now)
      : side_(side), id_prefix_(std::move(id_prefix)), now_(std::move(now)) {}

  Side side() const { return side_; }
  Time now() const { return now_(); }

  // A record that was there before the demo began: dated `at`, no webhook, no automation.
  std::string seed(const Content& content, Time at);
  // What a person types. The id of the new record.
  std::string person_creates(const Content& content);
  void person_edits(const std::string& id, Field field, const std::string& value);
  void run_automation(const DueAutomation& due);

  // A write over the API. Values equal to what is there change nothing and cause no webhook.
  struct Created {
    std::string id;
    bool existed = false;  // refused: `id` has this address; only hubspot keeps addresses unique
  };
  Created api_creates(const Content& content);
  // False: no such record. `because` is what the writer answered.
  bool api_updates(const std::string& id, const Content& content, Cause because);

  std::optional<CrmRecord> find(const std::string& id) const;
  std::vector<CrmRecord> with_email(const std::string& email) const;
  std::vector<CrmRecord> modified_since(Time at) const;
  std::vector<CrmRecord> all() const;

  // The record as the API shows it.
  Json shown(const CrmRecord& record) const;

  // Since the last call.
  std::vector<Webhook> take_webhooks();
  std::vector<DueAutomation> take_automations();
  // Creates and updates that were accepted over the API, also those that changed nothing.
  int api_writes() const;
  // Of these, the updates that answered a machine and brought only what the record holds or has
  // held: two systems telling each other what both know.
  int loop_writes() const;

 private:
  std::string insert(const Content& content, Time at);
  bool brings_nothing(const CrmRecord& record, const Content& content) const;
  void changed(CrmRecord& record, const Content& content, Cause cause);
  std::vector<CrmRecord> matching(const std::function<bool(const CrmRecord&)>& wanted) const;

  Side side_;
  std::string id_prefix_;
  Now now_;
  mutable std::mutex mutex_;
  std::map<std::string, CrmRecord> records_;
  std::vector<Webhook> webhooks_;
  std::vector<DueAutomation> automations_;
  int next_id_ = 1;
  int next_event_ = 1;
  int api_writes_ = 0;
  int loop_writes_ = 0;
};

}  // namespace truce::demo
