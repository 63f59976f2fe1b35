#include "bench/event_stream.h"

#include <array>
#include <cstdio>

#include "engine/core/model/time.h"

namespace truce::bench {
namespace {

constexpr std::int64_t ten_days_ms = 10LL * 24 * 3600 * 1000;
constexpr std::int64_t step_ms = 500;
constexpr std::size_t recent_contacts_max = 500;
constexpr std::size_t recent_events_max = 100;

constexpr std::array first_names = {"Ada",  "Grace", "Alan", "Edsger", "Barbara",
                                    "John", "Tony",  "Lynn", "Radia",  "Frances"};
constexpr std::array last_names = {"Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov",
                                   "McCarthy", "Hoare",  "Conway", "Perlman",  "Allen"};
constexpr std::array tag_lists = {"vip;newsletter", "newsletter", "partner;vip", "trial"};
constexpr std::array hubspot_stages = {"lead", "opportunity", "customer"};
constexpr std::array salesforce_stages = {"Lead", "Opportunity", "Customer"};

std::string digits(std::size_t number, int width) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%0*zu", width, number);
  return text.data();
}

}  // namespace

EventStream::EventStream(std::size_t number, std::int64_t now_ms)
    : number_(number), at_ms_(now_ms - ten_days_ms), dice_(number + 1) {}

std::size_t EventStream::roll(std::size_t sides) { return dice_() % sides; }

StreamEvent EventStream::next() {
  const std::size_t dice = recent_contacts_.size() < 2 ? 0 : roll(100);
  if (dice >= 90) return {recent_events_[roll(recent_events_.size())], true};
  Json event = dice < 40 ? new_contact() : dice < 65 ? edit() : echo();
  recent_events_.push_back(event);
  if (recent_events_.size() > recent_events_max) recent_events_.pop_front();
  return {std::move(event), false};
}

Json EventStream::new_contact() {
  Contact contact;
  contact.key = digits(number_, 3) + digits(++made_, 9);
  contact.first_name = first_names[roll(first_names.size())];
  contact.last_name = last_names[roll(last_names.size())];
  contact.phone = "+4930" + digits(10'000'000 + roll(80'000'000), 8);
  contact.stage = roll(hubspot_stages.size());
  contact.tags = tag_lists[roll(tag_lists.size())];
  contact.amount = digits(1 + roll(99'999), 1) + ".50";
  recent_contacts_.push_back(std::move(contact));
  if (recent_contacts_.size() > recent_contacts_max) recent_contacts_.pop_front();
  return say(recent_contacts_.back(), roll(2) == 0 ? System::hubspot : System::salesforce);
}

Json EventStream::edit() {
  Contact& contact = recent_contacts_[roll(recent_contacts_.size())];
  switch (roll(4)) {
    case 0:
      contact.first_name = first_names[roll(first_names.size())];
      break;
    case 1:
      contact.stage = (contact.stage + 1) % hubspot_stages.size();
      break;
    case 2:
      contact.tags = tag_lists[roll(tag_lists.size())];
      break;
    default:
      contact.last_name = last_names[roll(last_names.size())];
  }
  return say(contact, contact.last_said);
}

// What the other system reports once it was told; where it does not know the contact yet, its own
// record of it, which is matched by the email.
Json EventStream::echo() {
  Contact& contact = recent_contacts_[roll(recent_contacts_.size())];
  return say(contact, contact.last_said == System::hubspot ? System::salesforce : System::hubspot);
}

Json EventStream::say(Contact& contact, System system) {
  at_ms_ += step_ms;
  contact.last_said = system;
  const std::string at = to_rfc3339(Time::of_ms(at_ms_));
  const bool hubspot = system == System::hubspot;
  return {{"system", hubspot ? "hubspot" : "salesforce"},
          {"entity", "contact"},
          {"record", hubspot ? hubspot_record(contact, at) : salesforce_record(contact, at)}};
}

Json EventStream::hubspot_record(const Contact& contact, const std::string& at) const {
  return {{"id", contact.key},
          {"createdAt", "2026-01-05T09:30:00.000Z"},
          {"updatedAt", at},
          {"archived", false},
          {"properties",
           {{"email", "contact." + contact.key + "@example.com"},
            {"firstname", contact.first_name},
            {"lastname", contact.last_name},
            {"phone", contact.phone},
            {"lifecyclestage", hubspot_stages[contact.stage]},
            {"tags", contact.tags},
            {"contract_value", contact.amount},
            {"contract_currency", "EUR"},
            {"hs_language", "de"},
            {"first_seen", "2026-01-05"},
            {"consent_level", "email"},
            {"hs_object_id", contact.key},
            {"lastmodifieddate", at}}}};
}

Json EventStream::salesforce_record(const Contact& contact, const std::string& at) const {
  const std::string id = "003Qy0" + contact.key;
  return {
      {"attributes", {{"type", "Contact"}, {"url", "/services/data/v60.0/sobjects/Contact/" + id}}},
      {"Id", id},
      {"Email", "contact." + contact.key + "@example.com"},
      {"FirstName", contact.first_name},
      {"LastName", contact.last_name},
      {"Phone", contact.phone},
      {"Status__c", salesforce_stages[contact.stage]},
      {"Tags__c", contact.tags},
      {"Contract_Value__c", contact.amount},
      {"CurrencyIsoCode", "EUR"},
      {"Language__c", "de"},
      {"First_Seen__c", "2026-01-05"},
      {"Consent__c", "Email"},
      {"SystemModstamp", at}};
}

EventRequest next_request(EventStream& stream, std::size_t events) {
  EventRequest request;
  Json list = Json::array();
  for (std::size_t i = 0; i < events; ++i) {
    StreamEvent next = stream.next();
    request.repeats += next.is_repeat ? 1 : 0;
    list.push_back(std::move(next.event));
  }
  request.events = events;
  request.body = to_wire(events == 1 ? list.front() : Json{{"events", std::move(list)}});
  return request;
}

}  // namespace truce::bench
