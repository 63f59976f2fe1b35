// truce infer as people run it: files in, a policy out that truce check takes.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/api/support/truce_process.h"

using namespace truce;
using namespace truce::test;

namespace {

constexpr const char* hubspot = R"({"results": [
  {"id": "1", "properties": {"email": "rose@example.com", "firstname": "Rose", "lifecyclestage": "lead",
   "lastmodifieddate": "2026-03-12T10:04:17.969Z"}},
  {"id": "2", "properties": {"email": "tim@example.com", "firstname": "Tim", "lifecyclestage": "customer",
   "lastmodifieddate": "2026-03-12T10:04:17.969Z"}}]})";
constexpr const char* erp =
    "{\"nr\": 1, \"mail\": \"rose@example.com\", \"vorname\": \"Rose\"}\n"
    "{\"nr\": 2, \"mail\": \"tim@example.com\", \"vorname\": \"Tim\"}\n";

struct Samples {
  Folder folder;
  std::string hubspot_file = folder.path("contacts.json");
  std::string erp_file = folder.path("erp_contacts.ndjson");

  Samples() {
    folder.write("contacts.json", hubspot);
    folder.write("erp_contacts.ndjson", erp);
  }
};

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("infer writes a policy that truce check has no error in") {
  const Samples samples;
  const std::string policy = samples.folder.path("policy.json");
  const Ended inferred =
      run_truce({"infer", "--output", policy, samples.hubspot_file, samples.erp_file});
  INFO(inferred.err);
  REQUIRE(inferred.exit_code == 0);
  CHECK(inferred.out.empty());
  CHECK(says(inferred.err, "fields in 2 systems"));
  CHECK(says(read_file(policy), "\"hubspot\": \"properties.email\""));
  CHECK(says(read_file(policy), "\"erp\": \"mail\""));
  CHECK(run_truce({"check", policy}).exit_code == 0);
}

TEST_CASE("infer prints the policy, and with --json the evidence") {
  const Samples samples;
  const Ended text = run_truce({"infer", samples.hubspot_file, "erp=" + samples.erp_file});
  REQUIRE(text.exit_code == 0);
  CHECK(says(text.out, "// Proposed by truce infer"));
  const Ended json = run_truce(
      {"infer", "--json", "--entity", "person", samples.hubspot_file, "shop=" + samples.erp_file});
  REQUIRE(json.exit_code == 0);
  const auto proposal = parse_json(json.out);
  REQUIRE(proposal);
  CHECK((*proposal)["entity"] == "person");
  CHECK((*proposal)["systems"][1]["system"] == "shop");
  CHECK((*proposal)["policy"]["entities"].contains("person"));
  CHECK((*proposal)["keys"][0]["fields"] == Json{"email"});
}

TEST_CASE("infer writes over no file") {
  const Samples samples;
  samples.folder.write("policy.json", "mine");
  const Ended ended = run_truce({"infer", "--output", samples.folder.path("policy.json"),
                                 samples.hubspot_file, samples.erp_file});
  CHECK(ended.exit_code == 3);
  CHECK(read_file(samples.folder.path("policy.json")) == "mine");
}

TEST_CASE("infer without anything in common ends with 1") {
  const Samples samples;
  samples.folder.write("x.json", R"([{"id": 1, "colour": "red"}])");
  const Ended ended = run_truce({"infer", samples.folder.path("x.json"), samples.hubspot_file});
  CHECK(ended.exit_code == 1);
  CHECK(says(ended.err, "no two columns"));
}

TEST_CASE("infer tells misuse from a file, a system or an entity that is none") {
  const Samples samples;
  samples.folder.write("bad.json", "[{\"id\": 1},\n {\"id\": }]");
  const auto misuse = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {"infer"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Ended ended = run_truce(command);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    return ended.err;
  };
  CHECK(says(misuse({samples.folder.path("bad.json"), samples.erp_file}),
             "bad.json: line 2, column "));
  CHECK(says(misuse({samples.folder.path("none.json"), samples.erp_file}), "none.json"));
  CHECK(says(misuse({samples.folder.path(), samples.erp_file}), samples.folder.path()));
  CHECK(says(misuse({samples.erp_file}), "two or more systems"));
  CHECK(
      says(misuse({"x=" + samples.erp_file, "x=" + samples.hubspot_file}), "two or more systems"));
  CHECK(says(misuse({"--entity", "1 2", samples.hubspot_file, samples.erp_file}), "--entity"));
  misuse({});
}

TEST_CASE("infer refuses a sample beyond 64 MiB without reading it") {
  const Samples samples;
  const std::string big = samples.folder.path("big.json");
  samples.folder.write("big.json", "[");
  std::filesystem::resize_file(big, (std::size_t{64} << 20U) + 1);
  const Ended ended = run_truce({"infer", big, samples.erp_file});
  CHECK(ended.exit_code == 2);
  CHECK(says(ended.err, "big.json"));
}
