// What a history takes in and takes back.
#include <algorithm>
#include <tuple>

#include "engine/core/history/timeline.h"

namespace truce {
namespace {

// Values that are compared as one may be written differently.
bool is_written_before(const Value& a, const Value& b) {
  const auto less = [](const Value::Element& one, const Value::Element& other) {
    return one.text < other.text;
  };
  if (!a.is_set()) return a.text() < b.text();
  return std::lexicographical_compare(a.elements().begin(), a.elements().end(),
                                      b.elements().begin(), b.elements().end(), less);
}

}  // namespace

void join(FieldHistory& history, const Observation& observation) {
  history.about_to_change();
  auto& all = history.observations;
  const auto place = std::lower_bound(
      all.begin(), all.end(), observation,
      [](const Observation& a, const Observation& b) { return a.order < b.order; });
  if (place == all.end() || place->order != observation.order) {
    all.insert(place, observation);
    return;
  }
  // The same observation again: the stronger evidence, the least stamps and the least spelling
  // count, whatever came first.
  if (is_written_before(observation.value, place->value)) place->value = observation.value;
  if (observation.evidence == Evidence::certain && place->evidence == Evidence::possible) {
    place->evidence = Evidence::certain;
    place->event_key = observation.event_key;
    place->actor = observation.actor;
  } else if (observation.evidence == place->evidence && observation.event_key < place->event_key) {
    place->event_key = observation.event_key;
    place->actor = observation.actor;
  }
  if (observation.previous &&
      (!place->previous || order(*observation.previous, *place->previous) < 0)) {
    place->previous = observation.previous;
  }
  place->received_at = std::min(place->received_at, observation.received_at);
}

void join(FieldHistory& history, const Write& write) {
  forget_write(history, write.delivery);
  const auto place = std::lower_bound(
      history.writes.begin(), history.writes.end(), write, [](const Write& a, const Write& b) {
        return std::tie(a.handed_out_at, a.delivery) < std::tie(b.handed_out_at, b.delivery);
      });
  history.writes.insert(place, write);
}

void forget_write(FieldHistory& history, const DeliveryId& delivery) {
  history.about_to_change();
  std::erase_if(history.writes, [&](const Write& write) { return write.delivery == delivery; });
}

}  // namespace truce
