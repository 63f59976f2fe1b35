// Which columns are proposed as one field, and how sure that is.
#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

// Twenty people in both systems.
Json crm_person(std::size_t i) {
  return {{"id", "c" + std::to_string(i)},
          {"email", address(i)},
          {"first_name", "Name" + std::to_string(i % 7)},
          {"last_name", "Family" + std::to_string(i)},
          {"loyalty", 1000 + 17 * i},
          {"updated_at", "2026-05-01T10:00:00Z"}};
}
Json desk_person(std::size_t i) {
  return {{"Id", "d" + std::to_string(i)},
          {"EMail", address(i)},
          {"GivenName", "Name" + std::to_string(i % 7)},
          {"Surname", "Family" + std::to_string(i)},
          {"Field_17", 1000 + 17 * i},
          {"LastModified", "2026-05-01T11:00:00Z"}};
}

Json without(Json list, const char* member) {
  for (Json& record : list) record.erase(member);
  return list;
}
Json with(Json list, const char* member, const std::function<Json(std::size_t)>& value) {
  for (std::size_t i = 0; i < list.size(); ++i) list[i][member] = value(i);
  return list;
}

const Json crm = list_of(20, crm_person);
const Json desk = list_of(20, desk_person);

}  // namespace

TEST_CASE("columns are paired by name, type and the values of linked records") {
  const Proposal proposal = two_systems(crm, desk);
  CHECK(paths_with(proposal, "email") == "email|EMail");
  CHECK(paths_with(proposal, "first_name") == "first_name|GivenName");
  CHECK(paths_with(proposal, "last_name") == "last_name|Surname");
  for (const char* path : {"email", "first_name", "last_name"}) {
    INFO(path);
    CHECK(field_with(proposal, path)->is_sure());
    CHECK(field_with(proposal, path)->pairing.pairs[0].evidence.agreeing == 20);
  }
}

TEST_CASE("the id and the time of change are no fields") {
  const Proposal proposal = two_systems(crm, desk);
  const PolicyPtr policy = policy_of(proposal);
  const Entity& entity = policy->entities.begin()->second;
  CHECK(entity.id.at(SystemName("crm")).spelling == "id");
  CHECK(entity.id.at(SystemName("desk")).spelling == "Id");
  CHECK(entity.modified.at(SystemName("crm")).spelling == "updated_at");
  CHECK(entity.modified.at(SystemName("desk")).spelling == "LastModified");
  for (const char* path : {"id", "updated_at"}) CHECK(field_with(proposal, path) == nullptr);
}

TEST_CASE("names that say nothing are overruled by many values that agree") {
  const Proposal proposal = two_systems(crm, desk);
  CHECK(paths_with(proposal, "loyalty") == "loyalty|Field_17");
  CHECK(field_with(proposal, "loyalty")->is_sure());
}

TEST_CASE("a few values that agree under other names are proposed, but unsure") {
  const Proposal proposal = two_systems(list_of(5, crm_person), list_of(5, desk_person));
  CHECK(paths_with(proposal, "loyalty") == "loyalty|Field_17");
  CHECK_FALSE(field_with(proposal, "loyalty")->is_sure());
}

TEST_CASE("a name that agrees is not sure where the linked records differ") {
  const Proposal proposal = two_systems(
      crm, with(desk, "GivenName", [](std::size_t i) { return "Other" + std::to_string(i); }));
  REQUIRE(field_with(proposal, "first_name") != nullptr);
  CHECK_FALSE(field_with(proposal, "first_name")->is_sure());
  CHECK(text_of(proposal).find("UNSURE: most linked records differ here") != std::string::npos);
}

TEST_CASE("samples without a record in common are paired by name and type") {
  const Proposal proposal =
      two_systems(crm, list_of(20, [](std::size_t i) { return desk_person(i + 500); }));
  CHECK(proposal.pairs[0].links.records.empty());
  CHECK(paths_with(proposal, "email") == "email|EMail");
  CHECK(field_with(proposal, "email")->is_sure());
  CHECK(field_with(proposal, "loyalty") == nullptr);
}

TEST_CASE("types that cannot be one are not paired, whatever their names") {
  const Proposal proposal =
      two_systems(with(crm, "active", [](std::size_t i) { return i % 2 == 0; }),
                  with(desk, "active", [](std::size_t i) { return address(i + 900); }));
  CHECK(field_with(proposal, "active") == nullptr);
}

TEST_CASE("a column without values is paired by its name, but unsure") {
  const auto nothing = [](std::size_t) { return Json(nullptr); };
  const Proposal proposal = two_systems(
      with(crm, "phone", [](std::size_t i) { return "+49 30 12345" + std::to_string(i); }),
      with(desk, "Telephone", nothing));
  CHECK(paths_with(proposal, "phone") == "phone|Telephone");
  CHECK_FALSE(field_with(proposal, "phone")->is_sure());
  CHECK(field_with(two_systems(with(crm, "phone", nothing), with(desk, "Telephone", nothing)),
                   "phone") == nullptr);
}

TEST_CASE("every column is in one field at most, and each field has one a system") {
  const Proposal proposal =
      two_systems(with(crm, "email2", [](std::size_t i) { return address(i); }),
                  with(desk, "email_address", [](std::size_t i) { return address(i + 100); }));
  std::map<std::pair<std::size_t, std::size_t>, int> used;
  for (const FieldProposal& field : proposal.fields) {
    CHECK(field.pairing.columns.size() >= 2);
    for (const auto& member : field.pairing.columns) CHECK(++used[member] == 1);
  }
  CHECK(paths_with(proposal, "EMail") == "email|EMail");
}

TEST_CASE("copies of a column do not become a field of their own") {
  const Proposal proposal =
      two_systems(with(crm, "contact_email", [](std::size_t i) { return address(i); }),
                  with(desk, "work_email", [](std::size_t i) { return address(i); }));
  CHECK(proposal.fields.size() == two_systems(crm, desk).fields.size());
}

TEST_CASE("two columns of yes and no are not one because they share both values") {
  const auto flags = [](const char* name, std::size_t from) {
    return list_of(20, [=](std::size_t i) {
      return Json{{"id", i}, {"email", address(from + i)}, {name, i % 2 == 0}};
    });
  };
  CHECK(field_with(two_systems(flags("loyalty_active", 0), flags("loyalty_member", 500)),
                   "loyalty_active") == nullptr);
}

TEST_CASE("a system's own ids of other records are not paired for their name alone") {
  const auto id_from = [](std::size_t base) {
    return [base](std::size_t i) { return Json(base + 31 * (i % 4)); };
  };
  const Proposal apart =
      two_systems(with(crm, "owner_id", id_from(40'000)), with(desk, "OwnerId", id_from(70'000)));
  CHECK(field_with(apart, "owner_id") == nullptr);
  CHECK(text_of(apart).find("owner_id (integer): looks like an id of another record") !=
        std::string::npos);
}

TEST_CASE("small numbers that every system counts do not link records") {
  const auto only_counts = [](const char* name) {
    return list_of(10, [name](std::size_t i) { return Json{{"id", i}, {name, i + 1}}; });
  };
  CHECK(two_systems(only_counts("position"), only_counts("rank")).pairs[0].links.records.empty());
}

TEST_CASE("values that many records of a system share link none") {
  const auto families = [](const char* name) {
    return list_of(20, [name](std::size_t i) {
      return Json{{"id", i}, {name, "Family" + std::to_string(i < 10 ? i % 3 : i)}};
    });
  };
  CHECK(two_systems(families("last_name"), families("surname")).pairs[0].links.records.empty());
}

TEST_CASE("all values of a small sample are found in a large one, though not all are compared") {
  const auto addresses = [](const char* name, std::size_t count) {
    return list_of(count, [name](std::size_t i) {
      return Json{{"id", i}, {name, address(i * 3)}};
    });
  };
  const Proposal proposal = two_systems(addresses("email", 2'000), addresses("mail", 200));
  CHECK(field_with(proposal, "email")->pairing.pairs[0].evidence.overlap.value() == Approx(1.0));
}

TEST_CASE("records are linked by any value that both systems have once, not only by addresses") {
  const auto numbered = [](const char* number, std::size_t i) {
    return Json{{"id", i}, {number, "K-2026-" + std::to_string(i)}, {"sum", 10 * i}};
  };
  const Proposal proposal =
      two_systems(list_of(12, [&](std::size_t i) { return numbered("customer_no", i); }),
                  list_of(12, [&](std::size_t i) { return numbered("Kundennummer", i); }));
  CHECK(proposal.pairs[0].links.records.size() == 12);
  CHECK(paths_with(proposal, "customer_no") == "customer_no|Kundennummer");
}

TEST_CASE("three systems share one field, also where one has no values") {
  const Json shop = list_of(20, [](std::size_t i) {
    return Json{{"key", 100 + i}, {"mail", address(i)}, {"surname", nullptr}};
  });
  const Proposal proposal = proposal_of(
      {file("a.json", crm, "crm"), file("b.json", desk, "desk"), file("c.json", shop, "shop")});
  CHECK(paths_with(proposal, "email") == "email|EMail|mail");
  CHECK(paths_with(proposal, "last_name") == "last_name|Surname|surname");
}

TEST_CASE("the same samples always give the same policy") {
  const std::string first = text_of(two_systems(crm, desk));
  for (int i = 0; i < 3; ++i) CHECK(text_of(two_systems(crm, desk)) == first);
}

TEST_CASE("the order of the records does not matter") {
  Json reversed = Json::array();
  for (auto record = crm.rbegin(); record != crm.rend(); ++record) reversed.push_back(*record);
  CHECK(text_of(two_systems(reversed, desk)) == text_of(two_systems(crm, desk)));
}

TEST_CASE("without anything in common nothing is proposed") {
  const Proposal proposal = two_systems(json(R"([{"id": 1, "colour": "red"}])"),
                                        json(R"([{"id": 1, "weight_kg": 7.5}])"));
  CHECK(proposal.fields.empty());
}

TEST_CASE("an own link of a record is no website") {
  const auto link = [](const char* host) {
    return [host](std::size_t i) {
      return Json("https://" + std::string(host) + "/r/" + (host[0] == 'c' ? "c" : "d") +
                  std::to_string(i));
    };
  };
  const Proposal proposal =
      two_systems(with(crm, "url", link("crm.example")), with(desk, "url", link("desk.example")));
  CHECK(field_with(proposal, "url") == nullptr);
}

TEST_CASE("a missing time of change is said, and no rule goes by time") {
  const Proposal proposal = two_systems(without(crm, "updated_at"), desk);
  CHECK(text_of(proposal).find("UNSURE: crm shows no time of change") != std::string::npos);
  for (const FieldProposal& field : proposal.fields) CHECK(field.rule != Rule::recency);
}

}  // namespace truce::infer_test
