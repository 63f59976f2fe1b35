// What names mean.
#include "engine/infer/words.h"

#include "engine/core/policy/parse_policy.h"
#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

ColumnName named(const char* path) {
  const auto parsed = parse_path(path);
  REQUIRE(parsed);
  return name_of(*parsed);
}

double alike(const char* a, const char* b) {
  CHECK(similarity(named(a), named(b)) == similarity(named(b), named(a)));
  return similarity(named(a), named(b));
}

}  // namespace

TEST_CASE("one thing is recognised under its usual names") {
  for (const auto& [a, b] : std::vector<std::pair<const char*, const char*>>{
           {"properties.firstname", "FirstName"},
           {"first_name", "given-name"},
           {"LastName", "surname"},
           {"Email", "emails[primary=true].value"},
           {"properties.email", "E-Mail"},
           {"properties.phone", "phones[primary=true].value"},
           {"MobilePhone", "cell_phone"},
           {"properties.jobtitle", "Title"},
           {"properties.dealname", "Name"},
           {"properties.dealname", "title"},
           {"properties.createdate", "add_time"},
           {"CreatedDate", "created_at"},
           {"SystemModstamp", "update_time"},
           {"properties.hs_lastmodifieddate", "updatedAt"},
           {"properties.zip", "MailingPostalCode"},
           {"properties.company", "org_name"},
           {"Lifecycle_Stage__c", "properties.lifecyclestage"},
           {"nachname", "last_name"},
           {"custom_fields[name=Customer Number].value", "Kundennummer"}}) {
    INFO(a << " and " << b);
    CHECK(alike(a, b) >= 0.8);
  }
}

TEST_CASE("different things are never taken for one by half of their names") {
  for (const auto& [a, b] :
       std::vector<std::pair<const char*, const char*>>{{"first_name", "last_name"},
                                                        {"phone", "mobile_phone"},
                                                        {"created_at", "updated_at"},
                                                        {"company", "name"},
                                                        {"city", "country"},
                                                        {"email", "phone"}}) {
    INFO(a << " and " << b);
    CHECK(alike(a, b) <= 0.2);
  }
}

TEST_CASE("unknown names are alike by their words") {
  CHECK(alike("loyalty_points", "LoyaltyPoints__c") == 1.0);
  CHECK(alike("loyalty_points", "loyaltyLevel") > 0.3);
  CHECK(alike("loyalty_points", "loyaltyLevel") < 0.6);
  CHECK(alike("loyalty_points", "shoe_size") == 0.0);
}

TEST_CASE("a deal's title is its name, and a person's is the job") {
  CHECK(alike("title", "properties.dealname") > alike("title", "company"));
  CHECK(named("title").concepts.front() == "job_title");
}

}  // namespace truce::infer_test
