#include "tests/unit/presets/expand.h"

namespace truce::presets_test {

namespace {

// A change over CometD; `header` continues the header, `fields` the body, each with a leading
// comma.
std::string cometd(const std::string& header, const std::string& fields) {
  return R"({"data":{"schema":"s","payload":{"ChangeEventHeader":{"commitNumber":10426208028536,
      "commitUser":"005A","sequenceNumber":1,"entityName":"Contact","transactionKey":"t-1",
      "changeOrigin":"com/salesforce/api/rest/58.0;client=Truce","commitTimestamp":1760000000000)" +
         header + "}" + fields + R"(},"event":{"replayId":32872942}},"channel":"/data/x"})";
}

// A change over Pub/Sub, as a client hands it on after decoding.
std::string pub_sub(const std::string& header, const std::string& fields) {
  return R"({"replayId":18098167,"payload":{"ChangeEventHeader":{"entityName":"Account",
      "recordIds":["001A"],"changeType":"UPDATE","changeOrigin":"","transactionKey":"t-2",
      "sequenceNumber":1,"commitTimestamp":1760000000000,"commitNumber":11657372702432,
      "commitUser":"005B",)" +
         header + "}" + fields + "}}";
}

constexpr auto nothing_listed = R"("nulledFields":[],"diffFields":[],"changedFields":[])";

}  // namespace

TEST_CASE("a Salesforce row is named by its attributes and goes through as it is") {
  const std::string row = R"({"attributes":{"type":"Case","url":"/x"},"Id":"500A","Status":"New"})";
  const auto expected = json(R"({"system":"source","entity":"ticket","op":"upsert","id":"500A",
                                 "record":)" +
                             row + "}");
  check_same(expand_one("salesforce.record", row), expected);
  check_same(
      expand_one("salesforce.record", R"({"totalSize":1,"done":true,"records":[)" + row + "]}"),
      expected);
}

TEST_CASE("a Salesforce row without attributes is named by its id's first characters") {
  CHECK(expand_one("salesforce.record", R"({"Id":"003A","LastName":"x"})")["entity"] == "contact");
  CHECK(refusal("salesforce.record", R"({"Id":"a00A","Name":"x"})").message.find("entity") !=
        std::string::npos);
}

TEST_CASE("a deleted Salesforce row deletes, and a loser of a merge is merged") {
  const auto gone = expand_one("salesforce.record", R"({"attributes":{"type":"Contact"},"Id":"003A",
      "IsDeleted":true,"MasterRecordId":null,"SystemModstamp":"2026-05-01T07:25:37.000+0000"})");
  CHECK(gone["op"] == "delete");
  CHECK(gone["occurred_at"] == "2026-05-01T07:25:37.000Z");
  const auto loser =
      expand_one("salesforce.record", R"({"attributes":{"type":"Contact"},"Id":"003A",
      "IsDeleted":true,"MasterRecordId":"003B"})");
  CHECK(loser["op"] == "merge");
  CHECK(loser["merged_into"] == "003B");
}

TEST_CASE("a CometD change carries its fields, order, event id and author") {
  check_equal(expand_one("salesforce.cdc", cometd(R"(,"changeType":"UPDATE","recordIds":["003A"])",
                                                  R"(,"Title":"CFO")")),
              R"({"system":"source","entity":"contact","op":"upsert","id":"003A","event_id":"t-1/1",
                  "version":"32872942","occurred_at":"2025-10-09T08:53:20.000Z",
                  "actor":"Truce/user:005A","changed":["Title"],"partial":true,
                  "record":{"Id":"003A","Title":"CFO"}})");
}

TEST_CASE("a null over CometD is a cleared field, in an address every part of it") {
  const auto event =
      expand_one("salesforce.cdc", cometd(R"(,"changeType":"UPDATE","recordIds":["003A"])",
                                          R"(,"Title":null,"MailingAddress":null)"));
  CHECK(event["record"]["Title"].is_null());
  CHECK(event["record"].contains("MailingCity"));
  CHECK(event["record"]["MailingCity"].is_null());
  CHECK_FALSE(event["record"].contains("MailingAddress"));
}

TEST_CASE("a null over Pub/Sub is an unchanged field unless it is listed as nulled") {
  const auto event = expand_one(
      "salesforce.cdc",
      pub_sub(R"("nulledFields":["Phone"],"diffFields":[],"changedFields":["Phone","Name"])",
              R"(,"Name":"Acme","Phone":null,"Website":null)"));
  check_equal(event["record"], R"({"Id":"001A","Name":"Acme","Phone":null})");
  check_equal(event["changed"], R"(["Name","Phone"])");
}

TEST_CASE("compound fields take the flat names that REST rows have") {
  const auto account = expand_one(
      "salesforce.cdc", pub_sub(R"("nulledFields":["BillingAddress.Street"],"diffFields":[],
                 "changedFields":["BillingAddress.City"])",
                                R"(,"BillingAddress":{"Street":null,"City":"Bonn","State":null})"));
  check_equal(account["record"], R"({"Id":"001A","BillingCity":"Bonn","BillingStreet":null})");
  check_equal(account["changed"], R"(["BillingCity","BillingStreet"])");

  const auto contact =
      expand_one("salesforce.cdc",
                 cometd(R"(,"changeType":"CREATE","recordIds":["003A"])",
                        R"(,"Name":{"FirstName":"Ada","LastName":"Byron"},"Address":{"City":"Bonn"},
                 "Office__c":{"City":"Ulm"},"Other":{"Part":1})"));
  check_equal(contact["record"], R"({"Id":"003A","FirstName":"Ada","LastName":"Byron","City":"Bonn",
                                     "Office__City__s":"Ulm","Other.Part":1})");
}

TEST_CASE(
    "changed fields that are still bitmaps: the fields that have a value are the changed ones") {
  const auto event = expand_one("salesforce.cdc", pub_sub(R"("nulledFields":[],"diffFields":[],
                                              "changedFields":["0x400800","4-0x01"])",
                                                          R"(,"Name":"Acme","Phone":null)"));
  check_equal(event["changed"], R"(["Name"])");
}

TEST_CASE(
    "nulled fields that are still bitmaps: what is known counts, and the record is asked for") {
  const auto events = expand(
      "salesforce.cdc", pub_sub(R"("nulledFields":["0x08"],"diffFields":[],"changedFields":[])",
                                R"(,"Name":"Acme","Phone":null)"));
  REQUIRE(events.size() == 2);
  check_equal(events[0]["record"], R"({"Id":"001A","Name":"Acme"})");
  CHECK(events[1]["id"] == "001A");
  CHECK_FALSE(events[1].contains("record"));
}

TEST_CASE("a long text that came as a difference is never taken for its value") {
  const auto listed = expand("salesforce.cdc",
                             pub_sub(R"("nulledFields":[],"diffFields":["Description"],
                                          "changedFields":["Description","Name"])",
                                     R"(,"Name":"Acme","Description":"--- \n+++ \n@@ -1 +1 @@")"));
  REQUIRE(listed.size() == 2);
  check_equal(listed[0]["record"], R"({"Id":"001A","Name":"Acme"})");
  CHECK_FALSE(listed[1].contains("record"));

  const auto alone =
      expand_one("salesforce.cdc", cometd(R"(,"changeType":"UPDATE","recordIds":["003A"])",
                                          R"(,"Description":{"diff":"--- \n+++ "})"));
  CHECK_FALSE(alone.contains("record"));

  const auto unreadable = expand_one(
      "salesforce.cdc", pub_sub(R"("nulledFields":[],"diffFields":["0x10"],"changedFields":[])",
                                R"(,"Name":"Acme","Description":"--- \n+++ ")"));
  CHECK_FALSE(unreadable.contains("record"));
}

TEST_CASE("one change of several records is an event for each") {
  const auto events =
      expand("salesforce.cdc",
             cometd(R"(,"changeType":"UPDATE","recordIds":["003A","003B"])", R"(,"Title":"CFO")"));
  REQUIRE(events.size() == 2);
  CHECK(events[0]["record"]["Id"] == "003A");
  CHECK(events[1]["record"]["Id"] == "003B");
  CHECK(events[1]["id"] == "003B");
}

TEST_CASE("an id that names no single record is asked for and never deleted") {
  for (const auto* ids : {R"(["003*"])", R"(["000000000000000AAA"])", "[]"}) {
    const auto event = expand_one(
        "salesforce.cdc", cometd(R"(,"changeType":"DELETE","recordIds":)" + std::string(ids), ""));
    CHECK(event["op"] == "upsert");
    CHECK_FALSE(event.contains("record"));
  }
}

TEST_CASE("deletes, restores and gaps of Salesforce") {
  const auto change = [](const std::string& type) {
    return expand_one(
        "salesforce.cdc",
        cometd(R"(,"changeType":")" + type + R"(","recordIds":["003A"])", R"(,"Title":"CFO")"));
  };
  CHECK(change("DELETE")["op"] == "delete");
  CHECK(change("GAP_DELETE")["op"] == "delete");
  CHECK(change("UNDELETE")["op"] == "restore");
  CHECK(change("UNDELETE")["record"]["Title"] == "CFO");
  CHECK_FALSE(change("UNDELETE").contains("changed"));
  CHECK_FALSE(change("UNDELETE").contains("partial"));
  CHECK_FALSE(change("CREATE").contains("partial"));
  CHECK(change("UPDATE")["partial"] == true);
  CHECK(change("GAP_UNDELETE")["op"] == "restore");
  for (const auto* gap :
       {"GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE", "GAP_OVERFLOW"}) {
    CHECK_FALSE(change(gap).contains("record"));
  }
}

TEST_CASE("without a number to replay from, commit and sequence order the changes") {
  const auto version = [](const std::string& sequence) {
    return expand_one("salesforce.cdc",
                      R"({"ChangeEventHeader":{"entityName":"Lead","recordIds":["00QA"],
        "changeType":"UPDATE","sequenceNumber":)" +
                          sequence + R"(,"commitNumber":1100638524517,)" + nothing_listed +
                          R"(},"IsConverted":true})")["version"]
        .get<std::string>();
  };
  CHECK(version("4") == "1100638524517000004");
  CHECK(version("4") < version("10"));
}

TEST_CASE("a change that would be copied to too many records is refused") {
  std::string ids = "[";
  for (int i = 0; i < 900; ++i) ids += (i > 0 ? ",\"003" : "\"003") + std::to_string(i) + "\"";
  const auto problem =
      refusal("salesforce.cdc", cometd(R"(,"changeType":"UPDATE","recordIds":)" + ids + "]",
                                       R"(,"Description":")" + std::string(200'000, 'x') + "\""));
  CHECK(problem.code == Code::batch_size);
}

}  // namespace truce::presets_test
