#include "sidecar/demo/last_write_wins.h"

#include <map>
#include <memory>
#include <utility>

namespace truce::demo {
namespace {

class LastWriteWins {
 public:
  LastWriteWins(CrmPair crms, Ledger& ledger) : crms_(crms), ledger_(ledger) {}

  void receive(const Webhook& webhook) {
    sync(webhook.side, crms_.at(webhook.side).read(webhook.record), webhook.cause);
  }

  void poll(Time since) {
    for (const Side side : all_sides) {
      CrmClient& crm = crms_.at(side);
      const Answer answer = with_retries([&] { return crm.poll_since(since); });
      // What the poll finds was missed until now, so it is nobody's echo.
      for (const SeenRecord& record : crm.read_all(answer)) sync(side, record, Cause::person);
    }
  }

 private:
  void link(Side side, const std::string& id, const std::string& other_id) {
    links_[{side, id}] = other_id;
    links_[{other(side), other_id}] = id;
  }

  Answer find(Side side, const SeenRecord& record) {
    CrmClient& crm = crms_.at(other(side));
    const auto linked = links_.find({side, record.id});
    if (linked != links_.end()) return with_retries([&] { return crm.get(linked->second); });
    const auto email = record.content.find(Field::email);
    if (email == record.content.end()) return {};
    return with_retries([&] { return crm.find_by_email(email->second); });
  }

  void sync(Side side, const SeenRecord& record, Cause cause) {
    const Side target = other(side);
    CrmClient& crm = crms_.at(target);
    Content wanted;
    for (const auto& [field, value] : record.content) {
      wanted[field] = translate(side, target, field, value);
    }
    const Answer found = find(side, record);
    if (found.status == 404) {
      const Answer made = with_retries([&] { return crm.create(to_body(target, wanted)); });
      if (made.done()) link(side, record.id, created_id(made));
      return count(made);
    }
    if (!found.done()) return count(found);
    const SeenRecord held = crm.read(found.body);
    link(side, record.id, held.id);
    if (held.modified >= record.modified) return;
    std::erase_if(wanted, [&](const auto& entry) {
      const auto there = held.content.find(entry.first);
      return there != held.content.end() && there->second == entry.second;
    });
    if (wanted.empty()) return;
    count(with_retries([&] { return crm.update(held.id, to_body(target, wanted), cause); }));
  }

  void count(const Answer& answer) {
    if (!answer.done()) ++ledger_.given_up;
  }

  CrmPair crms_;
  Ledger& ledger_;
  std::map<std::pair<Side, std::string>, std::string> links_;
};

}  // namespace

Strategy last_write_wins(CrmPair crms, Ledger& ledger) {
  const auto state = std::make_shared<LastWriteWins>(crms, ledger);
  Strategy strategy;
  strategy.name = "last write wins";
  strategy.receive = [state](const Webhook& webhook) { state->receive(webhook); };
  strategy.poll = [state](Time since) { state->poll(since); };
  return strategy;
}

}  // namespace truce::demo
