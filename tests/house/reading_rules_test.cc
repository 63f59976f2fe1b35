// The workflows that read whole CRMs keep to the rules that tests/api/catch_up_test.cc plays: pages
// by id, never by a count of records; a position that moves to the run's start, last of all.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace {

using nlohmann::json;

json workflow(const std::string& name) {
  std::ifstream in(std::string(TRUCE_SOURCE_DIR) + "/workflows/" + name);
  REQUIRE(in);
  return json::parse(in);
}

std::string parameters_of(const json& flow, const std::string& name) {
  for (const json& node : flow.at("nodes")) {
    if (node.at("name") == name) return node.at("parameters").dump();
  }
  FAIL("no node " << name);
  return {};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Names of the nodes that lead straight to this one, with the number of their output.
std::set<std::string> sources_of(const json& flow, const std::string& name) {
  std::set<std::string> sources;
  for (const auto& [from, outputs] : flow.at("connections").items()) {
    const json& main = outputs.at("main");
    for (std::size_t output = 0; output < main.size(); ++output) {
      for (const json& target : main[output]) {
        if (target.at("node") == name) sources.insert(from + "/" + std::to_string(output));
      }
    }
  }
  return sources;
}

int height_of(const json& flow, const std::string& name) {
  for (const json& node : flow.at("nodes")) {
    if (node.at("name") == name) return node.at("position").at(1).get<int>();
  }
  return 0;
}

}  // namespace

TEST_CASE("every connection of a workflow leads to a node that is there") {
  for (const char* name : {"8-catch-up.json", "9-daily-reconciliation.json"}) {
    const json flow = workflow(name);
    std::set<std::string> names;
    for (const json& node : flow.at("nodes")) names.insert(node.at("name").get<std::string>());
    CHECK(names.size() == flow.at("nodes").size());
    for (const auto& [from, outputs] : flow.at("connections").items()) {
      INFO(name << ": " << from);
      CHECK(names.contains(from));
      for (const json& output : outputs.at("main")) {
        for (const json& target : output) CHECK(names.contains(target.at("node")));
      }
    }
  }
}

TEST_CASE("E33 E35 E40 catching up reads by id from a fixed time on") {
  const json flow = workflow("8-catch-up.json");
  const std::string hubspot = parameters_of(flow, "Changed in HubSpot");
  CHECK(has(hubspot, "sorts: ['hs_object_id']"));
  CHECK(has(hubspot, "propertyName: 'hs_object_id', operator: 'GT', value: $json.after"));
  CHECK(has(hubspot, "propertyName: 'lastmodifieddate', operator: 'GTE'"));
  const std::string salesforce = parameters_of(flow, "Changed in Salesforce");
  CHECK(has(salesforce, "Id > '${$json.after}'"));
  CHECK(has(salesforce, "SystemModstamp >= "));
  CHECK(has(salesforce, "ORDER BY Id LIMIT"));
  for (const std::string& text : {hubspot, salesforce}) CHECK_FALSE(has(text, "OFFSET"));
  for (const char* page : {"HubSpot Page", "Salesforce Page"}) {
    INFO(page);
    // The lower bound is the saved position on every page, whatever was read meanwhile.
    CHECK(has(parameters_of(flow, page), "Position').first().json.value"));
  }
}

TEST_CASE(
    "E37 E39 the position moves last, to the run's start less the CRM's lag, and only from what "
    "was read") {
  const json flow = workflow("8-catch-up.json");
  for (const std::string crm : {"HubSpot", "Salesforce"}) {
    INFO(crm);
    const std::string save = parameters_of(flow, "Save " + crm + " Position");
    CHECK(has(save, "$('Every Five Minutes').first().json.timestamp"));
    CHECK(has(save, "lagMinutes."));
    CHECK(has(save, "\"onlyIf\":\"version\""));
    CHECK(has(save, "$('" + crm + " Position').first().json.version"));
    CHECK(sources_of(flow, "Save " + crm + " Position") ==
          std::set<std::string>{"More in " + crm + "/1"});
    CHECK(sources_of(flow, "More in " + crm) == std::set<std::string>{"Changed in " + crm + "/0"});
    // n8n carries out what is higher up first, to its end: a page is in Truce before the next is
    // read.
    CHECK(flow.at("settings").at("executionOrder") == "v1");
    CHECK(height_of(flow, crm + " Contacts") < height_of(flow, "More in " + crm));
  }
}

TEST_CASE(
    "E33 E41 the nightly comparison reads by id, and only a CRM read to its end is the whole") {
  const json flow = workflow("9-daily-reconciliation.json");
  CHECK(has(parameters_of(flow, "HubSpot Page"), "paging.next.after"));
  CHECK(has(parameters_of(flow, "Read Salesforce"), "WHERE Id > '${$json.after}'"));
  CHECK(has(parameters_of(flow, "Read Salesforce"), "ORDER BY Id"));
  const std::string complete = parameters_of(flow, "Complete");
  CHECK(has(complete, "$('HubSpot Is Read').isExecuted"));
  CHECK(has(complete, "$('Salesforce Is Read').isExecuted"));
  for (const std::string crm : {"HubSpot", "Salesforce"}) {
    CHECK(sources_of(flow, crm + " Is Read") == std::set<std::string>{"More in " + crm + "/1"});
    CHECK(has(parameters_of(flow, "Take " + crm), "$('" + crm + " Page').first().json.readAt"));
  }
}
