#include "engine/presets/presets.h"

#include <algorithm>
#include <array>
#include <span>

#include "engine/presets/payload_items.h"
#include "engine/presets/readers.h"

namespace truce {

namespace {

using namespace vendor;

struct Row {
  Preset preset;
  VendorEvents (*read)(const PayloadItem& item);
  std::span<const Envelope> envelopes;
};

constexpr std::array<Envelope, 0> no_envelope = {};
constexpr std::array hubspot_envelopes = {
    Envelope{"results", ""},   Envelope{"contacts", "contact"}, Envelope{"companies", "company"},
    Envelope{"deals", "deal"}, Envelope{"tickets", "ticket"},
};
constexpr std::array pipedrive_envelopes = {Envelope{"data", ""}};
constexpr std::array salesforce_envelopes = {Envelope{"records", ""},
                                             Envelope{"searchRecords", ""}};
constexpr std::array stripe_envelopes = {Envelope{"data", ""}};
constexpr std::array zendesk_envelopes = {
    Envelope{"tickets", "ticket"},
    Envelope{"ticket", "ticket"},
    Envelope{"users", "user"},
    Envelope{"user", "user"},
    Envelope{"organizations", "organization"},
    Envelope{"organization", "organization"},
    Envelope{"results", ""},
};

const std::array rows = {
    Row{{"hubspot.record", "HubSpot records: v3, list pages, batch and search answers, legacy v1"},
        read_hubspot_record,
        hubspot_envelopes},
    Row{{"hubspot.webhook",
         "HubSpot webhook events, as sent or as n8n's HubSpot Trigger gives them"},
        read_hubspot_webhook,
        no_envelope},
    Row{{"pipedrive.record", "Pipedrive records and lists of API v1 and v2"},
        read_pipedrive_record,
        pipedrive_envelopes},
    Row{{"pipedrive.webhook", "Pipedrive webhooks v1 and v2, also from n8n's Pipedrive Trigger"},
        read_pipedrive_webhook,
        no_envelope},
    Row{{"salesforce.cdc", "Salesforce Change Data Capture over CometD or Pub/Sub, decoded"},
        read_salesforce_cdc,
        no_envelope},
    Row{{"salesforce.record", "Salesforce rows and query pages, with their attributes"},
        read_salesforce_record,
        salesforce_envelopes},
    Row{{"stripe.event", "Stripe events, as sent or from n8n's Stripe Trigger"},
        read_stripe_event,
        no_envelope},
    Row{{"stripe.record", "Stripe objects and lists"}, read_stripe_record, stripe_envelopes},
    Row{{"zendesk.event", "Zendesk webhook events (zen:event-type:…)"},
        read_zendesk_event,
        no_envelope},
    Row{{"zendesk.record", "Zendesk tickets, users and organizations, single and lists"},
        read_zendesk_record,
        zendesk_envelopes},
    Row{{"zendesk.trigger", "what a Zendesk trigger's template sends, n8n's default too: an id"},
        read_zendesk_trigger,
        no_envelope},
};

EntityName entity_name(const VendorEvent& event, const EntityResolver& entity_of) {
  if (event.object.empty()) {
    if (auto said_by_caller = entity_of("")) return *said_by_caller;
  }
  const auto& object = event.object.empty() ? event.likely_object : event.object;
  if (object.empty()) return {};
  if (auto entity = entity_of(object)) return *entity;
  return EntityName(lower_case(object));
}

void put_text(Json& event, const char* key, std::string_view text) {
  if (!text.empty()) event[key] = text;
}

Json to_change_event(const SystemName& system, const EntityName& entity, const VendorEvent& from) {
  Json event = {{"system", system.text}, {"entity", entity.text}, {"op", from.op}};
  put_text(event, "id", from.id);
  put_text(event, "event_id", from.event_id);
  put_text(event, "version", from.version);
  put_text(event, "actor", from.actor);
  put_text(event, "merged_into", from.merged_into);
  if (!from.occurred_at.is_null()) event["occurred_at"] = from.occurred_at;
  if (!from.changes.changed.empty()) event["changed"] = from.changes.changed;
  if (!from.changes.previous.empty()) event["previous"] = from.changes.previous;
  if (!from.changes.changed_at.empty()) event["changed_at"] = from.changes.changed_at;
  if (from.record) event["record"] = *from.record;
  if (from.record && from.partial) event["partial"] = true;
  return event;
}

Json to_refused_event(const SystemName& system, const Problem& problem) {
  return {{"system", system.text},
          {"problem",
           {{"code", to_string(problem.code)},
            {"message", problem.message},
            {"pointer", problem.pointer}}}};
}

// Everything that one item says, or why it says nothing.
Result<std::vector<Json>> expand_item(const Row& row, const SystemName& system,
                                      const EntityResolver& entity_of, const LocatedItem& located) {
  const auto said = row.read(located.item);
  if (!said) return fail(said.error().code, said.error().message, located.pointer);
  std::vector<Json> events;
  for (const auto& event : *said) {
    if (event.id.empty()) {
      return fail(Code::schema, "this record does not say its id", located.pointer);
    }
    const auto entity = entity_name(event, entity_of);
    if (entity.empty()) {
      return fail(Code::schema,
                  "this record does not say what kind of record it is: send `entity` beside the "
                  "payload",
                  located.pointer);
    }
    events.push_back(to_change_event(system, entity, event));
  }
  return events;
}

const Row* find_row(std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& candidate) {
    return candidate.preset.name == name;
  });
  return row == rows.end() ? nullptr : &*row;
}

tl::unexpected<Problem> unknown_preset(std::string_view name) {
  std::string known;
  for (const auto& row : rows) known += (known.empty() ? "" : ", ") + std::string(row.preset.name);
  return fail(Code::schema, "unknown preset " + shown(name) + "; known are " + known, "/preset");
}

}  // namespace

std::vector<Preset> presets() {
  std::vector<Preset> all;
  for (const auto& row : rows) all.push_back(row.preset);
  return all;
}

Result<std::vector<Json>> expand_payload(std::string_view preset, const SystemName& system,
                                         const EntityResolver& entity_of, const Json& payload,
                                         std::optional<Time> history_since) {
  const Row* row = find_row(preset);
  if (row == nullptr) return unknown_preset(preset);
  std::vector<Json> events;
  std::size_t understood = 0;
  std::optional<Problem> first_problem;
  for (auto& located : payload_items(payload, row->envelopes)) {
    located.item.history_since = history_since;
    auto expanded = expand_item(*row, system, entity_of, located);
    if (expanded) {
      ++understood;
      std::move(expanded->begin(), expanded->end(), std::back_inserter(events));
    } else {
      if (expanded.error().code != Code::schema) return tl::unexpected(expanded.error());
      if (!first_problem) first_problem = expanded.error();
      events.push_back(to_refused_event(system, expanded.error()));
    }
    if (events.size() > max_events_per_payload) {
      return fail(Code::batch_size, "one payload may tell of at most 10000 events",
                  located.pointer);
    }
  }
  if (first_problem && understood == 0) return tl::unexpected(*first_problem);
  return events;
}

}  // namespace truce
