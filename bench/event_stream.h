// Contacts as HubSpot and Salesforce send them, for workflows/policies/demo.json: about ten fields
// each; of ten events four are new records, two and a half edits, two and a half echoes, one a
// repeat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::bench {

struct StreamEvent {
  Json event;
  bool is_repeat = false;  // the same bytes were given before by this stream
};

// Two streams of different numbers share no contact; the same number gives the same events.
class EventStream {
 public:
  // Contacts change ten days before `now_ms` (since 1970) and later.
  EventStream(std::size_t number, std::int64_t now_ms);

  StreamEvent next();
  // A contact that nobody has seen yet.
  Json new_contact();

 private:
  enum class System { hubspot, salesforce };
  struct Contact {
    std::string key;  // its part of every id
    std::string first_name;
    std::string last_name;
    std::string phone;
    std::size_t stage = 0;
    std::string tags;
    std::string amount;
    System last_said = System::hubspot;
  };

  std::size_t roll(std::size_t sides);
  Json edit();
  Json echo();
  Json say(Contact& contact, System system);
  Json hubspot_record(const Contact& contact, const std::string& at) const;
  Json salesforce_record(const Contact& contact, const std::string& at) const;

  std::size_t number_;
  std::int64_t at_ms_;
  std::size_t made_ = 0;
  std::mt19937_64 dice_;
  std::deque<Contact> recent_contacts_;
  std::deque<Json> recent_events_;
};

// One POST /v1/events.
struct EventRequest {
  std::string body;
  std::size_t events = 0;
  std::size_t repeats = 0;
};
// One event as it is, several as a batch.
EventRequest next_request(EventStream& stream, std::size_t events);

}  // namespace truce::bench
