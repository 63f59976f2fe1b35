// The people and what they do, decided by a seed before anything runs, so that every strategy meets
// the same edits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/model/time.h"
#include "sidecar/demo/contact.h"

namespace truce::demo {

struct Person {
  enum class Home { both, hubspot, salesforce };
  Home home = Home::both;  // both: in both CRMs from the start; else entered in one during the run
  Content start;           // in hubspot's spelling; for a newcomer what is typed in
};

struct Edit {
  enum class Kind {
    enter,    // a newcomer is typed in; field and value say nothing
    set,      // the field's new value
    add_tag,  // one tag is added to what the record holds
  };
  Duration at;
  int person = 0;  // index into people
  Side side = Side::hubspot;
  Kind kind = Kind::set;
  Field field = Field::email;
  std::string value;  // in the side's spelling
};

struct Script {
  std::vector<Person> people;
  std::vector<Edit> edits;  // by time
  Duration length;
};

struct ScriptOptions {
  std::uint64_t seed = 7;
  int people = 40;
  int edits = 240;
  // Goes into addresses and phone numbers and into nothing else, so that a second run on one
  // sidecar meets other people. Below 10^8.
  std::uint32_t run = 1;
};

// What makes the truth decidable from outside is kept: a person's stage or first name is not edited
// in both CRMs closer together than the policy's clocks can tell apart, and never set to what it
// was before. An amount is only ever edited in both CRMs within a blink: no webhook is that fast,
// so neither editor can have seen the other's value.
Script make_script(const ScriptOptions& options);

// The two edits of one collision are closer than this; webhooks take longer.
inline constexpr Duration blink = Duration::of_ms(40);
// Edits of one stage or first name in the two CRMs are further apart than this.
inline constexpr Duration recency_gap = Duration::of_ms(4'000);

}  // namespace truce::demo
