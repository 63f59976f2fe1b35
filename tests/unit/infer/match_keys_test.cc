// Which fields tell that two records are one, and how well.
#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

// `count` people; every `blank_every`th has no address, and `shared` of them have the same one.
Json people(const char* email, std::size_t count, std::size_t blank_every, std::size_t shared) {
  return list_of(count, [&](std::size_t i) {
    Json person = {{"id", i},
                   {"phone", "+49 30 7654" + std::to_string(100 + i)},
                   {"last_name", "Family" + std::to_string(i)}};
    person[email] = address(i < shared ? 0 : i);
    if (blank_every > 0 && i % blank_every == blank_every - 1) person[email] = nullptr;
    return person;
  });
}

const MatchKey* key_of(const Proposal& proposal, const std::vector<std::string>& fields) {
  for (const MatchKey& key : proposal.keys) {
    if (key.fields == fields) return &key;
  }
  return nullptr;
}

std::vector<std::vector<std::string>> proposed(const Proposal& proposal) {
  std::vector<std::vector<std::string>> keys;
  for (const MatchKey& key : proposal.keys) {
    if (key.is_proposed) keys.push_back(key.fields);
  }
  return keys;
}

}  // namespace

TEST_CASE("a key's blanks, repeats and common values are counted") {
  const Proposal proposal = two_systems(people("email", 20, 4, 0), people("mail", 10, 0, 2));
  const MatchKey* key = key_of(proposal, {"email"});
  REQUIRE(key != nullptr);
  CHECK(key->sides.at(0).blank == Approx(0.25));
  CHECK(key->sides.at(0).duplicate == 0.0);
  CHECK(key->sides.at(1).blank == 0.0);
  CHECK(key->sides.at(1).duplicate == Approx(0.2));
  CHECK(key->overlap == Approx(7.0 / 9.0));
}

TEST_CASE("the address goes before the telephone with the last name") {
  const Proposal proposal = two_systems(people("email", 20, 0, 0), people("mail", 20, 0, 0));
  const auto keys = proposed(proposal);
  REQUIRE(keys.size() >= 2);
  CHECK(keys[0] == std::vector<std::string>{"email"});
  CHECK(keys[1] == std::vector<std::string>{"phone", "last_name"});
  CHECK(key_of(proposal, {"email"})->is_sure);
}

TEST_CASE("a key that many records share is not proposed, and its numbers are shown") {
  const Proposal proposal = two_systems(people("email", 20, 0, 10), people("mail", 20, 0, 10));
  CHECK_FALSE(key_of(proposal, {"email"})->is_proposed);
  CHECK(text_of(proposal).find("not proposed: email: crm: blank in 0 %, repeated in 50 %") !=
        std::string::npos);
}

TEST_CASE("a key that is nearly always blank is not proposed") {
  const Json blank = list_of(20, [](std::size_t i) {
    return Json{{"id", i}, {"email", i == 0 ? Json(address(0)) : Json(nullptr)}};
  });
  CHECK_FALSE(key_of(two_systems(blank, people("mail", 20, 0, 0)), {"email"})->is_proposed);
}

TEST_CASE("a key without a common value in the samples is proposed and marked") {
  Json others = people("mail", 20, 0, 0);
  for (std::size_t i = 0; i < others.size(); ++i) others[i]["mail"] = address(i + 700);
  const Proposal proposal = two_systems(people("email", 20, 0, 0), others);
  CHECK(key_of(proposal, {"email"})->is_proposed);
  CHECK_FALSE(key_of(proposal, {"email"})->is_sure);
  CHECK(text_of(proposal).find("UNSURE, as the samples share none: email") != std::string::npos);
}

TEST_CASE("a number of its own that both systems have is a key") {
  const auto company = [](const char* number, const char* name, std::size_t i) {
    return Json{{"id", i},
                {number, "K" + std::to_string(1000 + i)},
                {name, "Company " + std::to_string(i / 2)}};
  };
  const Proposal proposal = two_systems(
      list_of(10, [&](std::size_t i) { return company("customer_number", "name", i); }),
      list_of(10, [&](std::size_t i) { return company("Kundennr", "company_name", i); }));
  const auto keys = proposed(proposal);
  REQUIRE_FALSE(keys.empty());
  CHECK(keys[0] == std::vector<std::string>{"customer_number"});
}

TEST_CASE("a name, a sum or a place is no key by itself, however different in the samples") {
  const Json all_differ = list_of(20, [](std::size_t i) {
    const std::string number = std::to_string(i);
    return Json{{"id", i},
                {"last_name", "Family" + number},
                {"job_title", "Job" + number},
                {"city", "City" + number},
                {"loyalty", 10'000 + i},
                {"contract_code", "X-" + number}};
  });
  CHECK(proposed(two_systems(all_differ, all_differ)) ==
        std::vector<std::vector<std::string>>{{"contract_code"}});
}

TEST_CASE("without any key the policy says so") {
  const Json hot = list_of(10, [](std::size_t i) { return Json{{"id", i}, {"rating", i % 2}}; });
  CHECK(text_of(two_systems(hot, hot)).find("UNSURE: no field tells when two records are one") !=
        std::string::npos);
}

}  // namespace truce::infer_test
