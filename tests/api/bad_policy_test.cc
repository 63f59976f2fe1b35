// Rows 106 to 121 of the table of bad input (tests/bad_input.md), from outside; what each policy
// file is refused for stands in tests/unit/policy.
#include <sys/stat.h>
#include <unistd.h>

#include "tests/api/support/bad_input.h"

namespace truce::test {

namespace {

Ended checked(const Folder& folder, const std::string& name) {
  return run_truce({"check", folder.path(name)});
}

Ended served(const Folder& folder, const std::string& name) {
  return run_truce({"serve", "--policy", folder.path(name), "--db", folder.path("truce.db"),
                    "--listen", "127.0.0.1:0"});
}

// Root reads everything.
bool rights_count() { return geteuid() != 0; }

}  // namespace

TEST_CASE("rows 106, 107 and 108: a bad policy is told with line and column, and nothing starts") {
  const Folder folder;
  std::string unknown_rule = contact_policy();
  unknown_rule.replace(unknown_rule.find("\"recency\""), 9, "\"last_write_win\"");
  const std::pair<std::string, std::string> policies[] = {
      {"{\n  \"version\": 1,\n}", ":2:15: error policy-syntax"},
      {"{\"version\": 1, \"version\": 1}", ":1:16: error policy-syntax"},
      {"{\"version\": 1, \"x\": 1}", ":1:16: error policy-unknown-key"},
      {unknown_rule, "did you mean recency?"}};
  for (const auto& [text, finding] : policies) {
    folder.write("policy.json", text);
    INFO(text);
    const Ended found = checked(folder, "policy.json");
    CHECK(found.exit_code == 1);
    CHECK(found.out.find(finding) != std::string::npos);
    const Ended refused = served(folder, "policy.json");
    CHECK(refused.exit_code == 3);
    CHECK(refused.err.find(finding) != std::string::npos);
  }
}

TEST_CASE("row 118: what is no readable policy file is refused") {
  const Folder folder;
  folder.write("empty.json", "");
  folder.write("large.json", "{\"a\": \"" + std::string(10 << 20, 'x') + "\"}");
  folder.write("secret.json", contact_policy());
  CHECK(checked(folder, "empty.json").exit_code == 1);
  CHECK(checked(folder, "large.json").exit_code == 3);
  CHECK(checked(folder, "nothing.json").exit_code == 3);
  CHECK(checked(folder, "").exit_code == 3);  // the folder
  ::chmod(folder.path("secret.json").c_str(), 0);
  if (rights_count()) CHECK(checked(folder, "secret.json").exit_code == 3);
  for (const char* name : {"empty.json", "large.json", "nothing.json", ""}) {
    INFO(name);
    CHECK(served(folder, name).exit_code == 3);
  }
}

TEST_CASE(
    "row 118: a policy that anybody may write is warned of, and refused if it names secrets") {
  const Folder folder;
  folder.write("policy.json", contact_policy());
  CHECK(checked(folder, "policy.json").out.find("policy-file") == std::string::npos);
  ::chmod(folder.path("policy.json").c_str(), 0666);
  const Ended warned = checked(folder, "policy.json");
  CHECK(warned.exit_code == 0);
  CHECK(warned.out.find("warning policy-file") != std::string::npos);
  CHECK(warned.out.find("chmod o-w") != std::string::npos);

  std::string with_channel = contact_policy();
  with_channel.insert(with_channel.rfind('}'), R"(, "alerts": {"channels": {
      "ops": {"type": "slack", "url": "env:SLACK_WEBHOOK"}}})");
  folder.write("policy.json", with_channel);
  for (const Ended& refused : {checked(folder, "policy.json"), served(folder, "policy.json")}) {
    CHECK(refused.exit_code == 3);
    CHECK(refused.err.find("names secrets") != std::string::npos);
    CHECK(refused.err.find("chmod o-w") != std::string::npos);
  }
  ::chmod(folder.path("policy.json").c_str(), 0664);
  CHECK(checked(folder, "policy.json").exit_code == 0);
}

TEST_CASE("row 119: a secret in the policy is refused, and not repeated") {
  const Folder folder;
  std::string text = contact_policy();
  text.insert(text.rfind('}'), R"(, "alerts": {"channels": {
      "ops": {"type": "slack", "url": "https://hooks.slack.com/services/T0/B0/rose"}}})");
  folder.write("policy.json", text);
  const Ended refused = served(folder, "policy.json");
  CHECK(refused.exit_code == 3);
  CHECK(refused.err.find("policy-inline-secret") != std::string::npos);
  CHECK(refused.err.find("rose") == std::string::npos);
}

TEST_CASE("a jq program that does not compile is refused where it stands") {
  const World world;
  const auto with = [](const std::string& program) {
    std::string text = contact_policy();
    const std::string place = R"("map": {"crm": "plan")";
    return text.replace(text.find(place), place.size(),
                        "\"map\": {\"crm\":\n{\"path\": \"plan\", \"read_only\": true, "
                        "\"transform\": \"" +
                            program + "\"}");
  };
  world.folder.write("good.json", with(".plan | ascii_downcase"));
  CHECK(checked(world.folder, "good.json").exit_code == 0);
  for (const char* program : {".plan|", "no_such_function"}) {
    INFO(program);
    world.folder.write("bad.json", with(program));
    const Ended refused = checked(world.folder, "bad.json");
    CHECK(refused.exit_code == 1);
    const std::string finding =
        "error policy-expression at /entities/contact/fields/plan/map/crm/transform: it is no jq "
        "program";
    CHECK(refused.out.find(finding) != std::string::npos);
    const Ended not_started = served(world.folder, "bad.json");
    CHECK(not_started.exit_code == 3);
    CHECK(not_started.err.find(finding) != std::string::npos);
    CHECK(world.truce.send("PUT", "/v1/policy", with(program)).status == 422);
    CHECK(world.truce.send("POST", "/v1/policy/check", with(program)).body.at("ok") == false);
  }
  CHECK(world.truce.send("PUT", "/v1/policy", with(".plan | ascii_downcase")).status == 200);
}

TEST_CASE("row 121: a bad policy is refused with every place, counted, and the old one runs on") {
  const World world;
  const std::string before = world.truce.get("/v1/policy").body.at("sha256").get<std::string>();
  for (const char* text : {"{", "{\"version\": 1, \"version\": 1}", "{\"version\": 1, \"x\": 1}"}) {
    const Reply reply = world.truce.send("PUT", "/v1/policy", text);
    INFO(text);
    CHECK(reply.status == 422);
    REQUIRE_FALSE(reply.body.at("findings").empty());
    CHECK(reply.body.at("findings").at(0).at("line") == 1);
    CHECK(reply.body.at("findings").at(0).at("severity") == "error");
  }
  CHECK(world.truce.get("/v1/policy").body.at("sha256") == before);
  CHECK(world.truce.ingest(contact("crm", "c1", 1, {{"email", "a@edge.example"}})).at("outcome") ==
        "applied");
  CHECK(world.truce.get("/metrics")
            .text.find("truce_http_replies_total{route=\"PUT /v1/policy\",status=\"422\"} 3\n") !=
        std::string::npos);
}

}  // namespace truce::test
