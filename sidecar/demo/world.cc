#include "sidecar/demo/world.h"

namespace truce::demo {

World::World(Schedule& schedule, const Script& script, const WorldOptions& options,
             const MakeStrategy& make_strategy)
    : schedule_(schedule), script_(script), record_ids_(script.people.size()) {
  hubspot_ = std::make_unique<CrmStore>(Side::hubspot, options.id_prefix, [&schedule] {
    return schedule.now() + hubspot_clock_error;
  });
  salesforce_ =
      std::make_unique<CrmStore>(Side::salesforce, "003" + options.id_prefix,
                                 [&schedule] { return schedule.now() + salesforce_clock_error; });
  hubspot_server_ =
      std::make_unique<CrmServer>(*hubspot_, options.faults, Dice(options.seed, "hubspot faults"));
  salesforce_server_ = std::make_unique<CrmServer>(*salesforce_, options.faults,
                                                   Dice(options.seed, "salesforce faults"));
  hubspot_client_ = std::make_unique<CrmClient>(Side::hubspot, hubspot_server_->port());
  salesforce_client_ = std::make_unique<CrmClient>(Side::salesforce, salesforce_server_->port());
  strategy_ = make_strategy({hubspot_client_.get(), salesforce_client_.get()}, ledger_);
  network_ = std::make_unique<Network>(schedule, options.network, Dice(options.seed, "network"),
                                       [this](const Webhook& webhook) {
                                         strategy_.receive(webhook);
                                         spread();
                                       });
  seed_people();
}

bool World::ready() const {
  return hubspot_server_->port() != 0 && salesforce_server_->port() != 0;
}

void World::seed_people() {
  const Time at = schedule_.now() - seeded_before;
  for (std::size_t person = 0; person < script_.people.size(); ++person) {
    if (script_.people[person].home != Person::Home::both) continue;
    for (const Side side : all_sides) {
      Content content;
      for (const auto& [field, value] : script_.people[person].start) {
        content[field] = translate(Side::hubspot, side, field, value);
      }
      record_ids_[person][side] = store(side).seed(content, at);
    }
  }
}

void World::schedule_edits() {
  for (const Edit& edit : script_.edits) {
    schedule_.at(edit.at, [this, &edit] {
      perform(edit);
      ++edits_done_;
      spread();
    });
  }
}

void World::perform(const Edit& edit) {
  CrmStore& crm = store(edit.side);
  const auto person = static_cast<std::size_t>(edit.person);
  if (edit.kind == Edit::Kind::enter) {
    Content content;
    for (const auto& [field, value] : script_.people[person].start) {
      content[field] = translate(Side::hubspot, edit.side, field, value);
    }
    record_ids_[person][edit.side] = crm.person_creates(content);
    return;
  }
  const std::string& id = record_id(edit.person, edit.side);
  if (edit.kind == Edit::Kind::set) return crm.person_edits(id, edit.field, edit.value);
  const std::optional<CrmRecord> record = crm.find(id);
  if (!record) return;
  std::vector<std::string> tags;
  const auto held = record->content.find(edit.field);
  if (held != record->content.end()) tags = split_tags(held->second);
  tags.push_back(edit.value);
  crm.person_edits(id, edit.field, join_tags(tags));
}

void World::schedule_ticks(Duration until) {
  if (!strategy_.tick) return;
  for (Duration at = schedule_.elapsed(); at < until; at = at + Strategy::tick_every) {
    schedule_.at(at, [this] {
      strategy_.tick();
      spread();
    });
  }
}

void World::poll(Time since) {
  if (strategy_.poll) strategy_.poll(since);
  spread();
}

void World::spread() {
  for (const Side side : all_sides) {
    CrmStore& crm = store(side);
    for (const Webhook& webhook : crm.take_webhooks()) network_->send(webhook);
    for (const DueAutomation& due : crm.take_automations()) {
      ++automations_due_;
      schedule_.after(automation_delay, [this, &crm, due] {
        --automations_due_;
        crm.run_automation(due);
        spread();
      });
    }
  }
}

const std::string& World::record_id(int person, Side side) const {
  static const std::string none;
  const auto& ids = record_ids_[static_cast<std::size_t>(person)];
  const auto found = ids.find(side);
  return found == ids.end() ? none : found->second;
}

bool World::idle() const {
  return network_->under_way() == 0 && automations_due_ == 0 &&
         (!strategy_.idle || strategy_.idle());
}

}  // namespace truce::demo
