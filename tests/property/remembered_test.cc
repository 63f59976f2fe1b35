// What is kept beside the facts to save work never differs from what the facts alone give.
#include "engine/app/derive.h"
#include "tests/property/busy_office.h"

namespace truce::test {
namespace {

std::string told(const Survivors& survivors) {
  std::string all;
  for (const auto& [name, survivor] : survivors) {
    GoldenRecord shown;
    if (survivor.field) shown.fields[name] = *survivor.field;
    all += name.text + ' ' + to_stored(shown) + '\n';
    for (const Loser& loser : survivor.losers) {
      all += "  " + loser.system.text + ' ' + value_hash(loser.value).hex() + ' ' +
             loser.event_key.text() + ' ' + to_rfc3339(loser.changed_at) + ' ' + loser.why + '\n';
    }
    if (survivor.question) all += "  asked: " + fingerprint(survivor.question->candidates) + '\n';
    for (const auto& [key, whose] : survivor.elements) {
      all += "  " + key + " of " + whose.system.text + ' ' + whose.event_key.text() + '\n';
    }
  }
  return all;
}

std::vector<SourceView> views_of(const Policy& policy, const Entity& entity,
                                 const std::vector<SourceRecord>& sources) {
  std::vector<SourceView> views;
  for (const SourceRecord& source : sources) {
    if (source.state == LinkState::ambiguous || !policy.system(source.system)) continue;
    views.push_back(view_source(policy, entity, source));
  }
  return views;
}

// As they come from a file, with nothing beside them.
std::vector<SourceRecord> read_again(const std::vector<SourceRecord>& sources) {
  std::vector<SourceRecord> read;
  for (const SourceRecord& source : sources) {
    const StoredDocument document = StoredDocument::parse(to_stored(source)).value();
    read.push_back(source_record_from_stored(document.root()));
  }
  return read;
}

// True where there was something.
bool check_remembered(World& world, const GoldenId& golden) {
  const Policy& policy = *world.policy;
  RC_ASSERT(!policy.sha256.empty());
  const std::optional<RecordState> state = read_state(*world.store->read(), policy, golden);
  RC_ASSERT(state.has_value());
  const Entity& entity = *policy.entity(state->golden.entity);
  const std::vector<SourceRecord> anew = read_again(state->sources);
  std::shared_ptr<const Derivation> last = state->golden.derivation;
  const bool is_remembered = last != nullptr;
  const std::string remembered =
      told(survive(policy, entity, views_of(policy, entity, state->sources),
                   state->golden.decisions, last));
  const std::string fresh =
      told(survive(policy, entity, views_of(policy, entity, anew), state->golden.decisions));
  expect(remembered == fresh, "remembered:\n" + remembered + "from the facts:\n" + fresh);
  return is_remembered;
}

}  // namespace

TEST_CASE("what is remembered of a record is what its facts give") {
  int remembered = 0;
  holds("what is remembered", [&](Chance chance) {
    const std::size_t systems = 2 + chance.below(3);
    BusyOffice office(chance, systems, random_policy(chance, systems));
    office.open();
    const auto source = office.world.store->read()->find_source(
        SystemName("s0"), EntityName("contact"), RecordId("r0"));
    RC_ASSERT(source.has_value());
    const std::size_t steps = 10 + chance.below(50);
    for (std::size_t i = 0; i < steps; ++i) {
      office.work(1);
      remembered += check_remembered(office.world, source->golden);
    }
  });
  CHECK(remembered > schedules());
}

}  // namespace truce::test
