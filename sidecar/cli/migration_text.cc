#include "sidecar/cli/migration_text.h"

#include <sstream>

namespace truce::cli {

namespace {

std::int64_t count_at(const Json& node, const char* key) {
  const Json* found = find_member(node, key);
  return found ? to_int64(*found).value_or(0) : 0;
}

const Json& list_at(const Json& node, const char* key) {
  static const Json none = Json::array();
  const Json* found = find_member(node, key);
  return found && found->is_array() ? *found : none;
}

std::string names(const Json& list) {
  std::string all;
  for (const Json& name : list) all += (all.empty() ? "" : ", ") + name.get<std::string>();
  return all;
}

std::string what_of(const Json& step) {
  const std::string from = names(list_at(step, "from")), to = names(list_at(step, "to"));
  if (from.empty() || from == to) return to;
  return to.empty() ? from : from + " -> " + to;
}

std::string counts_of(const Json& step) {
  const Json* values = find_member(step, "values");
  if (!values) return "";
  if (list_at(step, "from").empty()) {
    return ": filled from what was heard in " + std::to_string(count_at(step, "filled")) +
           " records";
  }
  std::string text = ": " + std::to_string(count_at(step, "records")) + " records, " +
                     std::to_string(count_at(*values, "lossless")) + " values stay what they are";
  if (const auto lossy = count_at(*values, "lossy")) {
    text += ", " + std::to_string(lossy) + " cannot be turned back";
  }
  if (const auto lost = count_at(*values, "lost"))
    text += ", " + std::to_string(lost) + " are lost";
  return text;
}

void put_step(std::ostream& out, const Json& step, bool has_records) {
  out << text_at(step, "entity") << ": " << text_at(step, "kind") << " " << what_of(step);
  const std::string systems = names(list_at(step, "read_again"));
  if (!systems.empty() && !list_at(step, "from").empty())
    out << " (read again in " << systems << ")";
  out << (has_records ? counts_of(step) : "") << "\n";
  for (const Json& sample : list_at(step, "samples")) {
    const bool is_decided = sample.contains("decision");
    out << "    " << text_at(sample, "fate") << ": "
        << (is_decided ? "decided" : text_at(sample, "system")) << " "
        << text_at(sample, is_decided ? "golden_id" : "id") << " " << to_wire(sample.at("before"))
        << " -> " << to_wire(sample.at("after")) << "\n";
  }
}

}  // namespace

std::string plan_lines(const Json& plan, bool has_records) {
  std::ostringstream out;
  for (const Json& step : list_at(plan, "steps")) put_step(out, step, has_records);
  if (list_at(plan, "steps").empty()) out << "the schema stays what it is\n";
  for (const Json& note : list_at(plan, "notes")) {
    out << "note: " << note.get<std::string>() << "\n";
  }
  for (const Json& problem : list_at(plan, "problems")) {
    out << "refused: " << text_at(problem, "pointer") << ": " << text_at(problem, "message")
        << "\n";
  }
  if (has_records) {
    const Json* complete = find_member(plan, "complete");
    const bool is_all = complete && complete->is_boolean() && complete->get<bool>();
    out << count_at(plan, "records") << " records of the systems looked at"
        << (is_all ? "" : "; there are more") << "; nothing was changed\n";
  }
  return out.str();
}

bool loses_something(const Json& plan) {
  if (!list_at(plan, "problems").empty()) return true;
  for (const Json& step : list_at(plan, "steps")) {
    const Json* values = find_member(step, "values");
    if (values && count_at(*values, "lossy") + count_at(*values, "lost") > 0) return true;
  }
  return false;
}

std::string state_lines(const Json& migration) {
  const std::string state = text_at(migration, "state");
  std::string line = "migration " + text_at(migration, "id") + " is " + state;
  if (state != "accepted") {
    line += ": " + std::to_string(count_at(migration, "records")) + " records carried, " +
            std::to_string(count_at(migration, "events")) + " events waited and went on";
  }
  line += "\n";
  if (state == "applied") line += "accept it (--accept), or go back (--undo)\n";
  return line;
}

std::string progress_line(const Json& migration) {
  return text_at(migration, "state") + ", " + text_at(migration, "stage") + ": " +
         std::to_string(count_at(migration, "records")) + " records";
}

}  // namespace truce::cli
