#include "engine/core/audit/audit_export.h"

#include <catch2/catch.hpp>

#include "engine/core/audit/audit_verify.h"
#include "tests/unit/audit/sample_trail.h"

namespace truce {
namespace {

TEST_CASE("a trail that went through NDJSON can be verified, and is written the same again") {
  AuditVerifier verifier;
  for (const AuditEntry& entry : sample_trail(50)) {
    std::string line = to_ndjson(entry);
    REQUIRE(line.ends_with('\n'));
    REQUIRE(line.find('\n') == line.size() - 1);
    line.pop_back();
    const AuditEntry read = audit_entry_from_ndjson(line).value();
    CHECK(to_ndjson(read) == line + '\n');
    verifier.add(read);
  }
  CHECK(verifier.finish().is_intact());
}

TEST_CASE("empty members are null in NDJSON and come back empty") {
  const AuditEntry entry = next_entry(std::nullopt, Time{5}, "start", "", {}, {}, {}, "null");
  CHECK(to_ndjson(entry) ==
        R"({"actor":null,"at":"1970-01-01T00:00:00.000005Z","body":null,"entity":null,)"
        R"("event_key":null,"golden_id":null,"hash":")" +
            entry.hash + R"(","kind":"start","previous_hash":")" + entry.previous_hash +
            "\",\"seq\":1}\n");
  const AuditEntry read = audit_entry_from_ndjson(to_ndjson(entry)).value();
  CHECK(read.actor.empty());
  CHECK(entry_hash(read) == entry.hash);
}

TEST_CASE("a line that is no entry is refused with the member that is wrong") {
  const Json good = parse_json(to_ndjson(sample_trail(1).front())).value();
  for (const char* member : {"seq", "at", "kind", "actor", "entity", "golden_id", "event_key",
                             "body", "previous_hash", "hash"}) {
    Json node = good;
    node.erase(member);
    const auto refused = audit_entry_from_ndjson(to_wire(node));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::schema);
    CHECK(refused.error().pointer == std::string("/") + member);
    if (std::string(member) == "body") continue;
    node[member] = Json::array();
    CHECK_FALSE(audit_entry_from_ndjson(to_wire(node)));
  }
  CHECK(audit_entry_from_ndjson("{").error().code == Code::invalid_json);
  CHECK(audit_entry_from_ndjson("[]").error().code == Code::schema);
  CHECK(audit_entry_from_ndjson("").error().code == Code::invalid_json);
}

TEST_CASE("row 100: texts that a spreadsheet would run are defused, and stored as they are") {
  for (const char* text : {"=HYPERLINK(\"http://x\")", "+1", "-1", "@x", "\t=1", "\r=1"}) {
    CAPTURE(text);
    AuditEntry entry = sample_trail(1).front();
    entry.actor = text;
    CHECK(csv_cell(text).starts_with(std::string("\"'") + text[0]));
    CHECK(to_csv(entry).find("\"'" + std::string(1, text[0])) != std::string::npos);
    CHECK(parse_json(to_ndjson(entry)).value()["actor"] == text);
  }
  CHECK(csv_cell("=HYPERLINK(\"x\")") == "\"'=HYPERLINK(\"\"x\"\")\"");
  CHECK(csv_cell("a=b") == "\"a=b\"");
  CHECK(csv_cell("") == "\"\"");
}

TEST_CASE("every cell is quoted, and quotes, commas and line ends stay in their cell") {
  CHECK(csv_cell("a \"b\", c\r\nd") == "\"a \"\"b\"\", c\r\nd\"");
  CHECK(csv_header() ==
        "\"seq\",\"at\",\"kind\",\"actor\",\"entity\",\"golden_id\",\"event_key\",\"body\","
        "\"previous_hash\",\"hash\"\r\n");
  const AuditEntry entry = next_entry(std::nullopt, Time{0}, "start", "ana", EntityName("deal"),
                                      GoldenId("g"), EventKey("k"), R"({"a":"b,\"c\""})");
  CHECK(to_csv(entry) ==
        R"("1","1970-01-01T00:00:00.000Z","start","ana","deal","g","k","{""a"":""b,\""c\""""}",)"
        "\"" +
            entry.previous_hash + "\",\"" + entry.hash + "\"\r\n");
}

}  // namespace
}  // namespace truce
