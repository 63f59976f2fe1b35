#include "sidecar/demo/oracle.h"

#include <algorithm>
#include <optional>

namespace truce::demo {
namespace {

using SideRecords = std::map<Side, std::vector<CrmRecord>>;  // of one person, oldest first

void unite(std::string& tags, const std::string& more) {
  tags = meaning(Side::hubspot, Field::tags, tags + ";" + more);
}

// Standing authority: an edit elsewhere says nothing.
bool counts(const Edit& edit) {
  if (edit.field == Field::email) return edit.side == Side::hubspot;
  if (edit.field == Field::phone) return edit.side == Side::salesforce;
  return true;
}

void apply(PersonTruth& truth, const Edit& edit) {
  if (edit.kind == Edit::Kind::enter || !counts(edit)) return;
  Truth& field = truth[edit.field];
  const std::string said = meaning(edit.side, edit.field, edit.value);
  if (edit.kind == Edit::Kind::add_tag) return unite(field.meaning, edit.value);
  field.meaning = said;
  if (edit.field == Field::amount) field.in_question[edit.side] = said;
}

std::vector<std::set<std::string>> addresses_of(const Script& script) {
  std::vector<std::set<std::string>> addresses(script.people.size());
  for (std::size_t person = 0; person < script.people.size(); ++person) {
    addresses[person].insert(
        meaning(Side::hubspot, Field::email, script.people[person].start.at(Field::email)));
  }
  for (const Edit& edit : script.edits) {
    if (edit.kind == Edit::Kind::enter || edit.field != Field::email) continue;
    addresses[static_cast<std::size_t>(edit.person)].insert(
        meaning(edit.side, Field::email, edit.value));
  }
  return addresses;
}

std::string held(Side side, const CrmRecord& record, Field field) {
  const auto found = record.content.find(field);
  return found == record.content.end() ? "" : meaning(side, field, found->second);
}

class Judge {
 public:
  Judge(const World& world, const Script& script, const std::vector<PersonTruth>& truth,
        const std::vector<OpenQuestion>& questions)
      : world_(world), script_(script), truth_(truth), questions_(questions) {}

  Score judge() {
    collect_records();
    for (int person = 0; person < static_cast<int>(script_.people.size()); ++person) {
      judge_person(person);
    }
    for (const Edit& edit : script_.edits) judge_edit(edit);
    score_.open_questions = static_cast<int>(questions_.size());
    score_.loop_writes = world_.loop_writes();
    score_.writes = world_.writes();
    score_.edits = world_.edits_done();
    return std::move(score_);
  }

 private:
  const Truth& truth_at(int person, Field field) const {
    return truth_[static_cast<std::size_t>(person)].at(field);
  }
  const SideRecords& records_of(int person) const {
    return records_[static_cast<std::size_t>(person)];
  }

  void collect_records() {
    records_.resize(script_.people.size());
    const std::vector<std::set<std::string>> addresses = addresses_of(script_);
    for (const Side side : all_sides) {
      for (const CrmRecord& record : world_.store(side).all()) {
        const std::string email = held(side, record, Field::email);
        const auto owner = std::find_if(addresses.begin(), addresses.end(),
                                        [&](const auto& mine) { return mine.contains(email); });
        if (owner == addresses.end()) {
          found_duplicate(side, record, "nobody");
        } else {
          const auto person = static_cast<std::size_t>(owner - addresses.begin());
          records_[person][side].push_back(record);
        }
      }
    }
  }

  void found_duplicate(Side side, const CrmRecord& record, const std::string& whose) {
    ++score_.duplicates;
    score_.findings.push_back("duplicate: " + std::string(to_string(side)) + " " + record.id +
                              " is one record too many of " + whose);
  }

  // The record that people know, else the oldest.
  const CrmRecord* primary(int person, Side side) const {
    const auto found = records_of(person).find(side);
    if (found == records_of(person).end()) return nullptr;
    for (const CrmRecord& record : found->second) {
      if (record.id == world_.record_id(person, side)) return &record;
    }
    return &*std::min_element(
        found->second.begin(), found->second.end(),
        [](const CrmRecord& a, const CrmRecord& b) { return a.created < b.created; });
  }

  void judge_person(int person) {
    for (const Side side : all_sides) {
      const CrmRecord* kept = primary(person, side);
      if (kept == nullptr) continue;
      for (const CrmRecord& record : records_of(person).at(side)) {
        if (record.id != kept->id) found_duplicate(side, record, name_of(person));
      }
    }
    for (const Field field : all_fields) {
      ++score_.fields;
      const std::string why = why_wrong(person, field);
      if (why.empty()) continue;
      ++score_.wrong_fields;
      score_.findings.push_back("wrong: " + name_of(person) + " " + std::string(to_string(field)) +
                                ": " + why);
    }
  }

  std::string why_wrong(int person, Field field) const {
    const Truth& truth = truth_at(person, field);
    if (!truth.in_question.empty()) {
      return asked(person, field) ? "" : "decided without asking anybody";
    }
    for (const Side side : all_sides) {
      const CrmRecord* record = primary(person, side);
      if (record == nullptr) return "no record in " + std::string(to_string(side));
      const std::string shown = held(side, *record, field);
      if (shown != truth.meaning) {
        return std::string(to_string(side)) + " shows '" + shown + "', should be '" +
               truth.meaning + "'";
      }
    }
    return {};
  }

  const OpenQuestion* question(int person, Field field) const {
    for (const OpenQuestion& open : questions_) {
      if (open.field != field) continue;
      for (const auto& [side, id] : open.record_ids) {
        const CrmRecord* record = primary(person, side);
        if (record != nullptr && record->id == id) return &open;
      }
    }
    return nullptr;
  }

  // Both values stand in an open question, as they should.
  bool asked(int person, Field field) const {
    const OpenQuestion* open = question(person, field);
    if (open == nullptr) return false;
    const auto& wanted = truth_at(person, field).in_question;
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& side_and_value) {
      const auto found = open->candidates.find(side_and_value.first);
      return found != open->candidates.end() &&
             meaning(side_and_value.first, field, found->second) == side_and_value.second;
    });
  }

  // Whether the truth needs this edit's value to be somewhere.
  bool should_stand(const Edit& edit) const {
    if (edit.kind == Edit::Kind::enter || !counts(edit)) return false;
    if (edit.kind == Edit::Kind::add_tag) return true;
    const Truth& truth = truth_at(edit.person, edit.field);
    const std::string said = meaning(edit.side, edit.field, edit.value);
    if (truth.in_question.empty()) return said == truth.meaning;
    return truth.in_question.at(edit.side) == said;
  }

  void judge_edit(const Edit& edit) {
    if (!should_stand(edit)) return;
    const std::string said = meaning(edit.side, edit.field, edit.value);
    for (const auto& [side, records] : records_of(edit.person)) {
      for (const CrmRecord& record : records) {
        if (holds(held(side, record, edit.field), said, edit)) return;
      }
    }
    const OpenQuestion* open = question(edit.person, edit.field);
    if (open != nullptr) {
      for (const auto& [side, value] : open->candidates) {
        if (meaning(side, edit.field, value) == said) return;
      }
    }
    ++score_.lost_edits;
    score_.findings.push_back("lost: " + name_of(edit.person) + " " +
                              std::string(to_string(edit.field)) + " '" + said + "' of " +
                              std::string(to_string(edit.side)));
  }

  static bool holds(const std::string& shown, const std::string& said, const Edit& edit) {
    if (edit.kind != Edit::Kind::add_tag) return shown == said;
    const std::vector<std::string> tags = split_tags(shown);
    return std::find(tags.begin(), tags.end(), said) != tags.end();
  }

  std::string name_of(int person) const {
    return script_.people[static_cast<std::size_t>(person)].start.at(Field::email);
  }

  const World& world_;
  const Script& script_;
  const std::vector<PersonTruth>& truth_;
  const std::vector<OpenQuestion>& questions_;
  std::vector<SideRecords> records_;
  Score score_;
};

}  // namespace

std::vector<PersonTruth> truth_of(const Script& script) {
  std::vector<PersonTruth> truths(script.people.size());
  for (std::size_t person = 0; person < script.people.size(); ++person) {
    for (const Field field : all_fields) {
      const auto start = script.people[person].start.find(field);
      if (start != script.people[person].start.end()) {
        truths[person][field].meaning = meaning(Side::hubspot, field, start->second);
      } else {
        truths[person][field];
      }
    }
  }
  for (const Edit& edit : script.edits) apply(truths[static_cast<std::size_t>(edit.person)], edit);
  return truths;
}

Score judge(const World& world, const Script& script, const std::vector<PersonTruth>& truth,
            const std::vector<OpenQuestion>& questions) {
  return Judge(world, script, truth, questions).judge();
}

}  // namespace truce::demo
