// What verify-convergence says of a log that is not whole, and of a state that the facts do not
// give.
#include "tests/unit/app/companies.h"
#include "tests/unit/app/two_desks.h"
#include "tests/whatif/replaying.h"

namespace truce::test {
namespace {

class Told : public Desks {
 public:
  Told() : Desks(R"("type": "text", "rule": "recency")") {
    link_all();
    clock(10);
    says("crm", "A", 1);
    clock(20);
    says("desk", "B", 2);
  }

  void forget_before(std::int64_t seconds) {
    run([&](Context& context) { return context.store.forget_raw_before(second(seconds), 1'000); });
  }
};

}  // namespace

TEST_CASE("a stored value that the facts do not give is named, with its rule and events") {
  Told told;
  CHECK(converged(told, 1)["verdict"] == "converges");
  told.run([&](Context& context) {
    auto golden = context.store.find_golden(GoldenId(told.golden));
    golden->fields[FieldName("f")].value = Value::of_text("C");
    context.store.put_golden(*golden);
    return 0;
  });
  const Json report = converged(told, 1);
  CHECK(report["verdict"] == "differs");
  CHECK(report["stored"]["different"] == 1);
  const Json& difference = report["differences"][0];
  CHECK(difference["order"] == "stored");
  CHECK(difference["field"] == "f");
  CHECK(difference["rule"] == "recency");
  CHECK(difference["recorded"]["value"] == "B");
  CHECK_FALSE(difference["recorded"]["event_key"].get<std::string>().empty());
  CHECK(difference["other"]["value"] == "C");
}

TEST_CASE("what the log has forgotten stands as it was read, and the answer says so") {
  Told told;
  CHECK(converged(told, 1)["log"]["complete"] == true);
  told.forget_before(15);
  const Json report = converged(told, 1);
  CHECK(report["verdict"] == "converges");
  CHECK(report["log"]["complete"] == false);
  CHECK(report["log"]["events"] == 1);
  CHECK(report["log"]["forgotten"] == 4);
  CHECK(report["stored"]["same"] == 1);
}

// What a person took out just before our next write went out, as the answer to the one before told.
// The event that tells of it again comes later: by itself it may have crossed that next write.
TEST_CASE("what a target's answer told before its event did was known from the answer on") {
  Desks desks(R"("type": "set", "rule": "union", "removals": "propagate")");
  desks.link_all();
  desks.clock(10);
  desks.says("desk", Json::array({"x", "y"}), 8);
  desks.says("crm", Json::array({"z"}), 9);
  const auto hand_out = [&] {
    const Json handed = desks.claim_all("desk");
    REQUIRE(handed.size() == 1);
    return handed[0];
  };
  const Json first = hand_out();
  desks.clock(20);
  desks.settle_one({{"id", first["id"]},
                    {"attempt", first["attempt"]},
                    {"status", "delivered"},
                    {"record", {{"id", "desk1"}, {"f", {"z"}}}}});
  REQUIRE(desks.shown() == Json::array({"z"}));
  desks.says("crm", Json::array({"u", "z"}), 20);
  hand_out();
  desks.clock(21);
  desks.says("desk", Json::array({"z"}), 20);
  REQUIRE(desks.shown() == Json::array({"u", "z"}));
  const Json report = converged(desks, 1);
  INFO(to_wire(report));
  CHECK(report["verdict"] == "converges");
  CHECK(report["stored"]["same"] == 1);
}

// The answer came in the moment in which an older event was received, and the event that tells of
// the same edit a moment later.
TEST_CASE("what a target's answer told is not taken for what another event of that moment told") {
  Desks desks(R"("type": "set", "rule": "union", "removals": "ignore")",
              R"(, "modified": {"desk": "at"})");
  desks.link_all();
  desks.clock(10);
  desks.says("crm", Json::array({"x"}), 9);
  const Json handed = desks.claim_all("desk");
  REQUIRE(handed.size() == 1);
  desks.clock(30);
  desks.says("desk", Json::array({"x"}), 11);
  desks.settle_one({{"id", handed[0]["id"]},
                    {"attempt", handed[0]["attempt"]},
                    {"status", "delivered"},
                    {"record", {{"id", "desk1"}, {"f", {"y"}}, {"at", to_rfc3339(second(30))}}}});
  REQUIRE(desks.claim_all("desk").size() == 1);
  desks.clock(31);
  desks.says("desk", Json::array({"y"}), 30, false, true);
  const Json report = converged(desks, 1);
  INFO(to_wire(report));
  CHECK(report["verdict"] == "converges");
  CHECK(report["stored"]["same"] == 1);
}

// On the way the value that was refused comes and goes.
TEST_CASE("a write that was refused for good is not wanted again in any order") {
  for (const Json& named : {Json::array(), Json::array({"f"})}) {
    Desks desks(R"("type": "text", "rule": "recency")");
    desks.link_all();
    for (std::int64_t turn = 1; turn <= 3; ++turn) {
      desks.clock(10 * turn);
      desks.says("crm", "v" + std::to_string(turn), 10 * turn - 1);
      for (const Json& delivery : desks.claim_all("bill")) desks.delivered(delivery);
      const Json handed = desks.claim_all("desk");
      REQUIRE(handed.size() == 1);
      if (turn < 3) {
        desks.delivered(handed[0]);
        continue;
      }
      Json error{{"class", "permanent"}, {"status", 422}, {"message", "too long"}};
      if (!named.empty()) error["fields"] = named;
      desks.settle_one({{"id", handed[0]["id"]},
                        {"attempt", handed[0]["attempt"]},
                        {"status", "failed"},
                        {"error", error}});
    }
    REQUIRE(desks.deliveries_in(DeliveryState::dead).size() == 1);
    const Json report = converged(desks, 1, 5);
    INFO(to_wire(report));
    CHECK(report["verdict"] == "converges");
  }
}

TEST_CASE("an empty log is undecided, never said to converge") {
  Told told;
  told.forget_before(1'000);
  CHECK(converged(told, 1)["verdict"] == "undecided");
}

TEST_CASE("a log that is too long for one replay says how to begin later") {
  Told told;
  ConvergeOptions options;
  options.log.events_max = 4;
  const auto refused = verify_convergence(parts_of(told), options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::batch_size);
  CHECK(refused.error().pointer == "/since");
  options.log.since = second(15);
  const auto report = verify_convergence(parts_of(told), options);
  REQUIRE(report);
  CHECK((*report)["verdict"] == "converges");
  CHECK((*report)["log"]["complete"] == false);
}

TEST_CASE("a record that was read under another policy is not compared with the store") {
  Told told;
  Policy other = *told.policy;
  other.sha256 = std::string(64, 'f');
  told.policy = std::make_shared<const Policy>(other);
  told.sweep_all();
  const Json report = converged(told, 1);
  CHECK(report["verdict"] == "converges");
  CHECK(report["stored"]["undecided"] == 1);
}

TEST_CASE("what a removed system had said is looked at under a policy that knows it again") {
  Office office({text_field("name")});
  office.both_know({{"name", "Ada"}});
  const PolicyPtr before = office.policy;
  office.policy = policy_of(R"({"version": 1, "systems": {"crm": {}}, "entities": {"contact": {
      "id": {"crm": "id"}, "fields": {"name": {"type": "text", "rule": "recency",
      "map": {"crm": "name"}}}}}})");
  office.sweep_all();
  const Json report = simulated(office, before);
  CHECK(report["records"] == 1);
}

TEST_CASE("a reference to a joined record converges, whichever id it was told by") {
  Companies office;
  office.crm_knows("k2");
  office.desk_knows("o2");
  office.are_merged("k2", "k1");
  if (GENERATE(true, false)) office.desk_knows("o2");
  office.sweep_all();
  const Json report = converged(office, 1);
  INFO(to_wire(report));
  CHECK(report["verdict"] == "converges");
  office.written_now();
  CHECK(converged(office, 1)["verdict"] == "converges");
}

}  // namespace truce::test
