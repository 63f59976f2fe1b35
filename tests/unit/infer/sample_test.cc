// What samples may look like, and whose they are.
#include "tests/unit/infer/people.h"

namespace truce::infer_test {

namespace {

const Json other = json(R"([{"id": 1, "name": "x"}])");

std::vector<SystemSample> samples_of(const std::vector<SampleFile>& files) {
  auto samples = read_samples(files);
  if (!samples) FAIL("refused: " << samples.error().message);
  return *std::move(samples);
}

// The first system's records in one file beside another system's.
std::vector<Json> records_in(const std::string& text) {
  return samples_of({file("a.json", text, "crm"), file("b.json", other, "desk")})[0].records;
}

std::vector<std::string> systems_in(const std::vector<SampleFile>& files) {
  std::vector<std::string> names;
  for (const SystemSample& sample : samples_of(files)) names.push_back(sample.name.text);
  return names;
}

}  // namespace

TEST_CASE("records are found in lists, list pages, items and events, and by themselves") {
  const std::string record = R"({"id": 1, "name": "x"})";
  for (const std::string& text :
       {record, "[" + record + "]", R"({"results": [)" + record + R"(], "paging": {}})",
        R"({"totalSize": 1, "records": [)" + record + "]}",
        R"({"success": true, "data": [)" + record + "]}", R"({"data": )" + record + "}",
        R"({"users": [)" + record + R"(], "count": 1})", R"({"ticket": )" + record + "}",
        R"({"whatever": [)" + record + "]}", R"([{"json": )" + record + "}]",
        R"({"system": "x", "entity": "y", "record": )" + record + "}",
        R"({"events": [{"system": "x", "entity": "y", "record": )" + record + "}]}",
        R"([{"results": [)" + record + "]}, " + R"({"results": []}])"}) {
    INFO(text);
    const auto records = records_in(text);
    REQUIRE(records.size() == 1);
    CHECK(to_canonical(records[0]) == to_canonical(json(record)));
  }
}

TEST_CASE("a record's own list is no list of records") {
  const auto records = records_in(R"({"id": 7, "emails": [{"id": 1, "value": "a@b.cd"}]})");
  REQUIRE(records.size() == 1);
  CHECK(records[0].contains("emails"));
}

TEST_CASE("one document a line is read line by line, with blank lines and a byte order mark") {
  CHECK(records_in("\xEF\xBB\xBF{\"id\": 1}\n\n{\"id\": 2}\r\n{\"id\": 3}\n").size() == 3);
}

TEST_CASE("a vendor's records are read as its preset hands them over") {
  const auto samples =
      samples_of({file("a.json", R"({"data": [{"id": 2, "name": "Ada", "add_time":
          "2026-05-15 09:58:20", "update_time": "2026-05-15 10:11:04", "first_name": "Ada",
          "email": [{"value": "ada@example.com", "primary": true, "label": "work"}]}]})"),
                  file("b.json", R"({"id": "151", "properties": {"email": "x@example.com",
          "lastmodifieddate": "2026-03-12T10:04:17.969Z"}})")});
  REQUIRE(samples.size() == 2);
  CHECK(samples[0].name.text == "pipedrive");
  CHECK(samples[0].preset == "pipedrive.record");
  CHECK(samples[0].records[0]["update_time"] == "2026-05-15T10:11:04Z");
  CHECK(samples[0].records[0]["emails"][0]["value"] == "ada@example.com");
  CHECK(samples[1].name.text == "hubspot");
  CHECK(samples[1].object == "contact");
}

TEST_CASE("the command line names a system before its events, its shape and its file's name") {
  const Json event = {{"system", "erp"}, {"entity", "contact"}, {"record", {{"id", 1}}}};
  const Json shaped = json(R"({"id": "1", "properties": {"email": "x@example.com"}})");
  CHECK(systems_in({file("crm_contacts.json", event, "shop"), file("b.json", event),
                    file("crm_contacts.json", shaped), file("contacts-desk.v2.json", other)}) ==
        std::vector<std::string>{"shop", "erp", "hubspot", "desk"});
}

TEST_CASE("a file's name tells a system by its first word that is no kind of record") {
  CHECK(system_of_file_name("/tmp/x/crm_contacts.json") == "crm");
  CHECK(system_of_file_name("contacts_desk_export.json") == "desk");
  CHECK(system_of_file_name("contacts.json") == "contacts");
  CHECK(system_of_file_name("2026-05.json") == "system");
}

TEST_CASE("files of one system are joined, and events of two systems in one file are told apart") {
  const auto samples =
      samples_of({file("1.json", R"([{"id": 1}])", "crm"), file("2.json", R"([{"id": 2}])", "crm"),
                  file("e.json", R"({"system": "erp", "entity": "c", "record": {"id": 1}}
                                                     {"system": "shop", "entity": "c", "record": {"id": 1}})")});
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].records.size() == 2);
  CHECK(samples[1].name.text == "erp");
  CHECK(samples[2].name.text == "shop");
}

TEST_CASE("of several states of one record the last one counts") {
  const auto proposal = two_systems(
      json(R"([{"id": 1, "email": "old@example.com"}, {"id": 2, "email": "b@example.com"},
                           {"id": "1", "email": "new@example.com"}])"),
      other);
  CHECK(proposal.repeats[0] == 1);
  REQUIRE(proposal.samples[0].records.size() == 2);
  CHECK(proposal.samples[0].records[1]["email"] == "new@example.com");
}

TEST_CASE("no more than ten thousand records of a system are looked at, and the rest is counted") {
  const Json many = list_of(10'003, [](std::size_t i) { return Json{{"id", i}}; });
  const auto samples = samples_of({file("a.json", many, "crm"), file("b.json", other, "desk")});
  CHECK(samples[0].records.size() == 10'000);
  CHECK(samples[0].left_out == 3);
}

TEST_CASE("what is wrong with a sample is said with its file, and line or pointer") {
  const SampleFile good = file("good.json", other, "desk");
  const auto message = [&](const std::string& text) {
    return refusal({file("bad.json", text, "crm"), good}).message;
  };
  CHECK(message("") == "bad.json: the file is empty");
  CHECK(message(" \n ") == "bad.json: the file is empty");
  CHECK(message("{\"id\": 1,}").find("bad.json: line 1, column 11: syntax error") == 0);
  CHECK(message("{\"id\": 1}\n{\"id\": 2}\n{\"id\": }\n").find("bad.json: line 3, column 9: ") ==
        0);
  CHECK(message(R"({"results": [{"id": 1}, 7]})") ==
        "bad.json: at /results/1: expected a record (an object) or a list of them");
  CHECK(message(R"([{"id": 1}, 7])") ==
        "bad.json: at /1: expected a record (an object) or a list of them");
  CHECK(message("{\"id\": 1}\n{\"id\": 2, \"id\": 3}").find("line 2, ") != std::string::npos);
  CHECK(message("{\"id\": 1, \"id\": 2}").find("a key occurs twice") != std::string::npos);
  CHECK(message("[{\"name\": \"\xC3\x28\"}]").find("bad.json: line 1, column ") == 0);
  CHECK(message(R"({"results": []})") == "bad.json: no records are in it");
  CHECK(message("\"text\"").find("bad.json: expected a record") == 0);
}

TEST_CASE("one system alone is refused, and how to name two is said") {
  const Problem problem = refusal({file("crm_1.json", other), file("crm_2.json", other)});
  CHECK(problem.message.find("all of \"crm\"") != std::string::npos);
  CHECK(problem.message.find("crm=FILE desk=FILE") != std::string::npos);
}

}  // namespace truce::infer_test
