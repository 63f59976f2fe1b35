#include <algorithm>

#include "sidecar/simulate/oracle.h"

namespace truce::simulate {
namespace {

enum class Presence { there, gone, either };

class Judge {
 public:
  Judge(const Office& office, const Script& script, const OpenQuestions& open)
      : office_(office), script_(script), open_(open), model_(office.model()) {}

  Score run() {
    index_chronicle();
    for (Thing thing = 0; thing < script_.thing_count; ++thing) judge_thing(thing);
    score_.open_questions = open_.count;
    return std::move(score_);
  }

 private:
  // What was said and done of one thing.
  struct Story {
    Chronicle own;
    bool entered = false;
    std::size_t entity = 0;
    std::size_t home = SIZE_MAX;   // the system in which it was entered; SIZE_MAX: all
    const Turn* erased = nullptr;  // and not restored
    bool restored = false;
    std::string answer;  // to the question of its delete
  };

  void index_chronicle() {
    const Chronicle& chronicle = office_.chronicle();
    stories_.resize(script_.thing_count);
    for (const Saying& saying : chronicle.sayings) {
      stories_[saying.thing].own.sayings.push_back(saying);
    }
    for (const Answered& answered : chronicle.answers) {
      if (answered.thing < stories_.size())
        stories_[answered.thing].own.answers.push_back(answered);
    }
    for (const Turn& turn : chronicle.turns) note(stories_[turn.thing], turn);
    for (const AnsweredDelete& answered : chronicle.delete_answers) {
      if (answered.thing < stories_.size()) stories_[answered.thing].answer = answered.word;
    }
  }

  void note(Story& story, const Turn& turn) const {
    switch (turn.kind) {
      case Turn::Kind::entered:
        story.home = story.entered || turn.thing < script_.things.size() ? SIZE_MAX : turn.system;
        story.entered = true;
        story.entity = turn.entity;
        break;
      case Turn::Kind::erased:
        story.erased = &turn;
        break;
      case Turn::Kind::restored:
        story.erased = nullptr;
        story.restored = true;
        break;
      case Turn::Kind::entered_again:
      case Turn::Kind::merged:
        break;
    }
  }

  const Record* main_record(Thing thing, std::size_t system) const {
    for (const Record* record : office_.system(system).records_of(thing)) {
      if (record->alive()) return record;
    }
    return nullptr;
  }

  // An edit elsewhere after the delete's stamp: a person is to be asked.
  bool is_edited_since(const Story& story) const {
    return std::any_of(
        story.own.sayings.begin(), story.own.sayings.end(), [&](const Saying& saying) {
          return saying.system != story.erased->system && saying.stamp > story.erased->stamp;
        });
  }

  static std::vector<Text> held_in(const FieldModel& field,
                                   const std::vector<const Record*>& records) {
    std::vector<Text> held;
    for (const Record* record : records) held.push_back(record ? record->values[field.index] : "");
    return held;
  }

  // A record is made with its required fields or not at all: somebody has to have said them.
  bool has_required(Thing thing, const Story& story, std::size_t system,
                    const std::vector<const Record*>& records) const {
    const EntityModel& entity = model_.entities[story.entity];
    return std::all_of(entity.fields.begin(), entity.fields.end(), [&](const FieldModel& field) {
      if (!field.rule->required || !field.in[system].present) return true;
      const Truth truth =
          truth_of(model_, story.own, thing, story.entity, field.index, held_in(field, records));
      return !truth.asked && std::any_of(truth.any_of.begin(), truth.any_of.end(),
                                         [](const Text& value) { return !value.empty(); });
    });
  }

  Presence expected(Thing thing, const Story& story, std::size_t system,
                    const std::vector<const Record*>& records) const {
    const EntityModel& entity = model_.entities[story.entity];
    const bool makes = entity.creates[system] && has_required(thing, story, system, records);
    const bool ever = story.home == SIZE_MAX || story.home == system || makes ||
                      !office_.system(system).records_of(thing).empty();
    if (!entity.has_part[system] || !ever) return Presence::either;
    if (open_.things.contains(thing)) return Presence::either;
    if (!story.erased) return Presence::there;
    if (story.answer == "propagate") return Presence::gone;
    if (story.answer == "restore") {
      return makes ? Presence::there : Presence::either;
    }
    switch (entity.rules->on_delete) {
      case DeletePolicy::propagate:
        // Nobody asked, nobody answered: as if the edit had not been made.
        return is_edited_since(story) ? Presence::there : Presence::gone;
      case DeletePolicy::ignore:
        return story.erased->system == system ? Presence::either : Presence::there;
      case DeletePolicy::restore:
        return makes ? Presence::there : Presence::either;
      case DeletePolicy::escalate:
        return Presence::there;  // nobody was asked
    }
    return Presence::either;
  }

  void judge_thing(Thing thing) {
    const Story& story = stories_[thing];
    if (!story.entered) return;
    std::vector<const Record*> records;
    std::vector<bool> owed;
    for (std::size_t s = 0; s < model_.systems.size(); ++s) {
      records.push_back(main_record(thing, s));
    }
    for (std::size_t s = 0; s < model_.systems.size(); ++s) {
      count_duplicates(thing, s);
      const Presence presence = expected(thing, story, s, records);
      const bool is_there = records[s] != nullptr;
      owed.push_back(presence == Presence::there || (presence == Presence::either && is_there));
      if (presence == Presence::gone && is_there) find_wrong_delete(thing, s, "still stands");
      if (presence == Presence::there && !is_there &&
          !office_.system(s).records_of(thing).empty()) {
        find_wrong_delete(thing, s, "is gone");
      }
    }
    const EntityModel& entity = model_.entities[story.entity];
    for (const FieldModel& field : entity.fields) judge_field(thing, story, field, records, owed);
  }

  void count_duplicates(Thing thing, std::size_t system) {
    std::uint64_t living = 0, doubles = 0;
    for (const Record* record : office_.system(system).records_of(thing)) {
      living += record->alive();
      doubles += record->alive() && record->doubles;
    }
    if (living < 2 || doubles == 0) return;
    const std::uint64_t made = std::min(doubles, living - 1);
    // Never two silent records: those that somebody is asked about are not silent.
    if (open_.doubles.contains(thing)) {
      score_.named_duplicates += made;
      return;
    }
    score_.duplicates += made;
    score_.findings.push_back("duplicate of " + name(thing, system));
  }

  // Two records of it stand in one system, and somebody is asked which of them is the one: what was
  // typed into the other waits for the answer.
  bool is_asked_twice(Thing thing) const {
    if (!open_.doubles.contains(thing)) return false;
    for (std::size_t s = 0; s < model_.systems.size(); ++s) {
      const auto records = office_.system(s).records_of(thing);
      const auto living = std::count_if(records.begin(), records.end(),
                                        [](const Record* record) { return record->alive(); });
      const bool is_ours = std::any_of(records.begin(), records.end(), [](const Record* record) {
        return record->alive() && record->doubles;
      });
      if (living > 1 && is_ours) return true;
    }
    return false;
  }

  void judge_field(Thing thing, const Story& story, const FieldModel& field,
                   const std::vector<const Record*>& records, const std::vector<bool>& owed) {
    const std::vector<Text> held = held_in(field, records);
    const Truth truth = truth_of(model_, story.own, thing, story.entity, field.index, held);
    // Nobody who may say anything has said anything: nothing is owed.
    if (!truth.asked && truth.any_of.empty()) return;
    const bool is_open = open_.fields.contains({thing, field.index}) ||
                         open_.undelivered.contains({thing, field.index}) || is_asked_twice(thing);
    bool all_right = true;
    std::string wrong_in;
    for (std::size_t s = 0; s < records.size(); ++s) {
      if (!owed[s] || !field.in[s].written) continue;
      ++score_.fields_total;
      if (is_open || (records[s] && is_true(truth, field, s, held[s]))) continue;
      ++score_.wrong_fields;
      all_right = false;
      wrong_in += ' ' + model_.systems[s]->name.text + "=" + (records[s] ? held[s] : "(none)");
    }
    if (all_right) {
      if (!is_open) note_convergence(thing, field);
      return;
    }
    std::string line = name(thing, records.size()) + "." + field.rule->name.text + " should be " +
                       (truth.asked ? "asked" : truth.any_of.front()) + ", is" + wrong_in;
    const std::uint64_t lost = lost_of(truth, field, records);
    score_.lost_edits += lost;
    score_.findings.push_back((lost > 0 ? "lost: " : "wrong: ") + line);
  }

  bool is_true(const Truth& truth, const FieldModel& field, std::size_t system,
               const Text& held) const {
    return !truth.asked &&
           std::any_of(truth.any_of.begin(), truth.any_of.end(), [&](const Text& value) {
             return is_same(field, kept(field, system, value), held);
           });
  }

  static bool is_same(const FieldModel& field, const Text& a, const Text& b) {
    if (a == b) return true;
    const FieldType type = field.rule->type;
    const bool is_number =
        type == FieldType::integer || type == FieldType::decimal || type == FieldType::money;
    return is_number && !a.empty() && !b.empty() && normal_decimal(a) == normal_decimal(b);
  }

  // What should stand and stands nowhere. Of a question that nobody was asked: what any of its
  // sides said.
  std::uint64_t lost_of(const Truth& truth, const FieldModel& field,
                        const std::vector<const Record*>& records) const {
    if (truth.asked) return 1;
    const auto stands = [&](const Text& value) {
      for (std::size_t s = 0; s < records.size(); ++s) {
        if (!records[s] || !field.in[s].present) continue;
        const Text& held = records[s]->values[field.index];
        if (field.rule->type != FieldType::set) {
          if (is_same(field, kept(field, s, value), held)) return true;
          continue;
        }
        const auto elements = elements_of(held);
        if (std::count(elements.begin(), elements.end(), kept(field, s, value)) > 0) return true;
      }
      return false;
    };
    if (field.rule->type != FieldType::set) return !stands(truth.any_of.front());
    std::uint64_t lost = 0;
    for (const std::string& element : elements_of(truth.any_of.front())) lost += !stands(element);
    return lost;
  }

  void note_convergence(Thing thing, const FieldModel& field) {
    const Chronicle& chronicle = office_.chronicle();
    const auto edited = chronicle.edited_at.find({thing, field.index});
    if (edited == chronicle.edited_at.end()) return;
    const Time changed = chronicle.changed_at.at({thing, field.index});
    score_.convergence_s.push_back(
        static_cast<double>(std::max<std::int64_t>(0, (changed - edited->second).us)) / 1e6);
  }

  std::string name(Thing thing, std::size_t system) const {
    std::string text =
        model_.entities[stories_[thing].entity].rules->name.text + " " + std::to_string(thing);
    if (system < model_.systems.size()) text += " in " + model_.systems[system]->name.text;
    return text;
  }

  void find_wrong_delete(Thing thing, std::size_t system, const char* what) {
    ++score_.wrong_deletes;
    score_.findings.push_back("delete: " + name(thing, system) + " " + what);
  }

  const Office& office_;
  const Script& script_;
  const OpenQuestions& open_;
  const Model& model_;
  std::vector<Story> stories_;
  Score score_;
};

}  // namespace

Score judge(const Office& office, const Script& script, const OpenQuestions& open) {
  return Judge(office, script, open).run();
}

}  // namespace truce::simulate
