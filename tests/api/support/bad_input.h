// How the rows of the table of bad input are asked where they reach a handler.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "tests/api/support/world.h"

namespace truce::test {

inline Reply send_text(const World& world, const std::string& body) {
  return world.truce.send("POST", "/v1/events", body);
}

// An event of crm's contact c1 whose record is this text.
inline std::string event_with(const std::string& record) {
  return R"({"system": "crm", "entity": "contact", "id": "c1", "occurred_at": "2026-05-01T00:00:01Z", "record": )" +
         record + "}";
}

// The first error of an event that must have been rejected.
inline Json first_error(const Json& outcome) {
  CHECK(outcome.at("outcome") == "rejected");
  return outcome.at("errors").at(0).at("code");
}

inline std::size_t audit_entries(const World& world) { return world.truce.audit().size(); }

}  // namespace truce::test
