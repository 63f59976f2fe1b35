// What of an event is sealed where it is kept, and what is opened when it is read again.
#include "engine/app/private_fields.h"
#include "tests/unit/app/office.h"

namespace truce::test {
namespace {

const std::string social = "078-05-1120", account = "DE02120300000000202051";

std::string private_field(const std::string& name, const std::string& crm) {
  return '"' + name + R"(": {"type": "text", "rule": "recency", "private": true, "map": {"crm": )" +
         crm + R"(, "desk": ")" + name + "\"}}";
}

bool has_secrets(const std::string& text) {
  return text.find(social) != std::string::npos || text.find(account) != std::string::npos;
}

struct Kept {
  std::string text;
  Opened opened;
};
Kept kept(Office& office, const Json& event) {
  const Entity& entity = *office.policy->entity(EntityName("contact"));
  const Json stored = sealed_event(event, entity, SystemName("crm"), office.secrets);
  return {to_wire(stored), unsealed(json_of(to_wire(stored)), office.secrets)};
}

Office with_parents() {
  return Office(with_companies(
      R"("create_in": [])", ", " + private_field("ssn", R"("ssn")") + ", " + text_field("note")));
}

}  // namespace

TEST_CASE("an event with several private fields reads again as it came") {
  const std::string fields =
      GENERATE(private_field("ssn", R"("ssn")") + ", " + private_field("iban", R"("bank.iban")"),
               private_field("ssn", R"({"path": "ssn", "transform": ".ssn"})") + ", " +
                   private_field("iban", R"({"path": "bank.iban", "transform": ".bank.iban"})"),
               private_field("ssn", R"("ssn")") + ", " +
                   private_field("iban", R"({"path": "bank.iban", "transform": ".bank.iban"})"),
               private_field("ssn", R"("ssn")") + ", " +
                   private_field("also", R"({"path": "ssn", "read_only": true})") + ", " +
                   private_field("iban", R"("/bank/iban")"),
               private_field("ssn", R"("ssn")") + ", " + private_field("bank", R"("bank")") + ", " +
                   private_field("iban", R"({"path": "bank.iban", "read_only": true})"));
  Office office({fields});
  const Json event = office.event(
      "crm", "c1",
      {{"email", "ada@example.com"}, {"ssn", social}, {"bank", {{"iban", account}, {"no", "7"}}}});
  const Kept one = kept(office, event);
  CHECK_FALSE(has_secrets(one.text));
  CHECK(one.opened.whole);
  CHECK(one.opened.node == event);
}

TEST_CASE("a private field's history stands sealed, and reads again") {
  Office office({private_field("ssn", R"("properties.ssn")")});
  const Json event = office.event(
      "crm", "c1",
      {{"properties", {{"ssn", social}}},
       {"propertiesWithHistory", {{"ssn", {{{"value", social}}, {{"value", account}}}}}}});
  const Kept one = kept(office, event);
  CHECK_FALSE(has_secrets(one.text));
  CHECK(one.opened.node == event);
}

TEST_CASE("a seal that comes from outside is no seal of ours") {
  Office office = with_parents();
  office.says("crm", "c1", {{"email", "ada@example.com"}, {"ssn", social}});
  Json copied;
  for (const AuditEntry& entry : office.audit()) {
    for (const Json& change : json_of(entry.body).value("changes", Json::array())) {
      if (change["field"] == "ssn") copied = change["after"];
    }
  }
  REQUIRE(copied.contains("$sealed"));
  const Json event = office.event(
      "crm", "c2", {{"email", "eve@example.com"}, {"company_id", "k1"}, {"note", copied}});
  CHECK(kept(office, event).opened.node == event);
  REQUIRE(office.send(event)["outcome"] == "parked");
  office.company_comes();
  office.golden = office.source_of("crm", "c2").golden.text;
  CHECK(office.shown("email") == "eve@example.com");
  CHECK(office.shown("note").is_null());
}

TEST_CASE("what stays sealed is refused by name, never read as absent") {
  Office office = with_parents();
  REQUIRE(office.send(office.event(
              "crm", "c1",
              {{"email", "ada@example.com"}, {"company_id", "k1"}, {"ssn", social}}))["outcome"] ==
          "parked");
  office.secrets.seal_key = std::string(32, 'x');
  office.company_comes();
  office.golden = office.source_of("crm", "c1").golden.text;
  CHECK(office.shown("email") == "ada@example.com");
  CHECK(office.shown("ssn").is_null());
  const ExceptionItem item = office.the_item(Category::rejected);
  CHECK(item.field.text == "ssn");
  CHECK(text_at(item.detail, "code") == "not-allowed");
  CHECK(text_at(item.detail, "message").find("secrets file") != std::string::npos);
}

}  // namespace truce::test
