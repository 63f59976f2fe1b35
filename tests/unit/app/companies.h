// Contacts of companies that are joined.
#pragma once

#include "tests/unit/app/office.h"

namespace truce::test {

inline constexpr const char* made_nowhere = R"("create_in": [])";

// The companies 1, 2 and 3: k1, k2 and k3 in crm, o1, o2 and o3 in desk.
class Companies : public Office {
 public:
  explicit Companies(const Terms& terms = with_companies(made_nowhere)) : Office(terms) {
    for (const char* n : {"1", "2", "3"}) {
      company_says("crm", std::string("k") + n, std::string("Company ") + n);
      company_says("desk", std::string("o") + n, std::string("Company ") + n);
    }
  }

  void company_says(const std::string& system, const std::string& id, const std::string& name) {
    Json told = event(system, id, {{"name", name}});
    told["entity"] = "company";
    send(told, false);
  }
  // crm merges them, and a person says that those of desk are one as well: desk's record of the
  // loser is left alone there.
  void are_merged(const std::string& loser, const std::string& winner) {
    happens("merge", "crm", loser, {{"entity", "company"}, {"merged_into", winner}});
    act(the_item(Category::merge), "join");
  }
  Json crm_knows(const std::string& company, const Json& more = Json::object()) {
    return says("crm", "c1", {{"email", "ada@example.com"}, {"company_id", company}}, more);
  }
  Json desk_knows(const std::string& company, const Json& more = Json::object()) {
    return says("desk", "d1", {{"email", "ada@example.com"}, {"org", company}}, more);
  }
  std::string company_of(const std::string& system, const std::string& id) {
    const auto found =
        store->read()->find_source(SystemName(system), EntityName("company"), RecordId(id));
    REQUIRE(found);
    return found->golden.text;
  }
  // By record; each write comes back as its echo.
  Json written_now() {
    Json written = Json::object();
    for (const Json& delivery : deliver_all()) {
      const std::string id = delivery["record_id"];
      const Json fields = plain(delivery["fields"]);
      for (const auto& [name, value] : fields.items()) written[id][name] = value;
      CHECK(says(delivery["system"], id, fields)["outcome"] == "echo");
    }
    CHECK(deliver_all().empty());
    return written;
  }
};

}  // namespace truce::test
