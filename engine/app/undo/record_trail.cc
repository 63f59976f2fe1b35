#include "engine/app/undo/record_trail.h"

#include <algorithm>

#include "engine/app/private_fields.h"

namespace truce {
namespace {

constexpr std::size_t audit_page = 1'000;

std::string doer_of(const AuditEntry& entry, const Json& body) {
  for (const char* key : {"by", "actor", "system"}) {
    const std::string said = text_at(body, key);
    if (!said.empty()) return said;
  }
  return entry.actor;
}

class TrailReading {
 public:
  TrailReading(const UndoParts& parts, const UndoOrder& order) : parts_(parts), order_(order) {}

  RecordTrail run(const GoldenId& golden) {
    read(golden, [this](const AuditEntry& entry) {
      take(entry, unsealed(json_of(entry.body), parts_.secrets).node);
    });
    return std::move(trail_);
  }

 private:
  template <class Take>
  void read(const GoldenId& golden, const Take& take) const {
    AuditFilter filter;
    filter.golden = golden;
    filter.limit = audit_page;
    while (true) {
      const auto page = parts_.store.list_audit(filter);
      for (const AuditEntry& entry : page) {
        filter.after = entry.sequence;
        take(entry);
      }
      if (page.size() < audit_page) return;
    }
  }

  void take(const AuditEntry& entry, const Json& body) {
    const bool selected = selects(order_.select, entry, body);
    const Json* changes = find_member(body, "changes");
    note_source(entry, body, {entry.sequence, selected && changes_what_is_selected(changes)});
    // What a record began with is the record; without it there would be none.
    const bool makes = !made_ && changes && !changes->empty();
    if (makes) {
      made_ = true;
      if (selected) add_deed(SelectedDeed::Kind::made_record, entry, body);
    }
    const Json* renamed = find_member(body, "renamed");
    if (renamed) rename(*renamed);
    if (changes) {
      for (const Json& change : *changes) {
        if (renamed && is_only_renamed(change, *changes, *renamed)) continue;
        if (is_only_carried(change, text_at(body, "migration"))) continue;
        const bool chosen = selected && !makes && selects_change(order_.select, change);
        auto& known = trail_.changes[FieldName(text_at(change, "field"))];
        known.push_back({entry.sequence, entry.at, chosen, change.value("before", Json()),
                         change.value("after", Json()), !known.empty() && known.back().is_contested,
                         change.value("contested", false), doer_of(entry, body),
                         text_at(body, "undo"), text_at(body, "migration")});
      }
    }
    if (selected && order_.select.rule.empty()) take_deed(entry, body);
  }

  void rename(const Json& renamed) {
    std::map<FieldName, std::vector<TrailChange>> moved;
    for (const auto& [from, to] : renamed.items()) {
      const auto known = trail_.changes.find(FieldName(from));
      if (known == trail_.changes.end()) continue;
      moved[FieldName(to.get<std::string>())] = std::move(known->second);
      trail_.changes.erase(known);
    }
    for (auto& [name, changes] : moved) trail_.changes[name] = std::move(changes);
  }

  // The entry shows a field as gone under its old name, and as there under its new one.
  static bool is_only_renamed(const Json& change, const Json& changes, const Json& renamed) {
    const auto value = [](const Json& one, const char* key) { return one.value(key, Json()); };
    const std::string field = text_at(change, "field");
    return std::any_of(changes.begin(), changes.end(), [&](const Json& other) {
      const std::string counterpart = text_at(other, "field");
      return (text_at(renamed, field) == counterpart && value(change, "after").is_null() &&
              value(change, "before") == value(other, "after")) ||
             (text_at(renamed, counterpart) == field && value(change, "before").is_null() &&
              value(change, "after") == value(other, "before"));
    });
  }

  // A migration reads fields anew, often to the same value, and on its way back to the one before.
  // True: the change is none. What stood there is told by the trail, as such an entry does not say
  // it.
  bool is_only_carried(const Json& change, const std::string& migration) {
    const auto found = trail_.changes.find(FieldName(text_at(change, "field")));
    if (migration.empty() || found == trail_.changes.end() || found->second.empty()) return false;
    std::vector<TrailChange>& known = found->second;
    const Json after = change.value("after", Json());
    if (known.back().after == after &&
        known.back().is_contested == change.value("contested", false)) {
      return true;
    }
    const Json before = known.size() > 1 ? known[known.size() - 2].after : Json();
    if (known.back().migration != migration || before != after) return false;
    known.pop_back();
    if (known.empty()) trail_.changes.erase(found);
    return true;
  }

  bool changes_what_is_selected(const Json* changes) const {
    if (order_.select.rule.empty()) return true;
    return changes && std::any_of(changes->begin(), changes->end(), [this](const Json& change) {
             return selects_change(order_.select, change);
           });
  }

  // Whose record the entry tells of, and by which event. What a joined record brought along came
  // with whatever joined them, whose own entry follows.
  void note_source(const AuditEntry& entry, const Json& body, const ToldEvent& told) {
    const std::string joined = text_at(body, "joined");
    if (!joined.empty()) joined_.emplace_back(joined);
    if (entry.kind != "link" && entry.kind != "derived") note_joined(told.sequence);
    note_event(entry, body, told);
  }

  void note_event(const AuditEntry& entry, const Json& body, const ToldEvent& told) {
    if (!entry.event_key.empty()) trail_.told[entry.event_key] = told;
    // One that waited, and went on.
    const std::string released = text_at(body, "event");
    if (!released.empty()) trail_.told[EventKey(released)] = told;
    const auto note_record = [&](const Json& named, const char* id) {
      const std::string system = text_at(named, "system"), record = text_at(named, id);
      if (system.empty() || record.empty()) return;
      trail_.came.emplace(std::pair(SystemName(system), RecordId(record)), told.sequence);
    };
    note_record(body, "id");
    note_record(body, "record_id");
    if (const Json* records = find_member(body, "records"); records && records->is_array()) {
      for (const Json& record : *records) note_record(record, "id");
    }
  }

  void note_joined(std::uint64_t sequence) {
    while (!joined_.empty()) {
      const GoldenId from = std::move(joined_.back());
      joined_.pop_back();
      read(from, [&](const AuditEntry& entry) {
        const Json body = json_of(entry.body);
        const std::string joined = text_at(body, "joined");
        if (!joined.empty()) joined_.emplace_back(joined);
        note_event(entry, body, {sequence, false});
      });
    }
  }

  void take_deed(const AuditEntry& entry, const Json& body) {
    const std::string operation = text_at(body, "op");
    if (entry.kind == "event" || entry.kind == "release" || entry.kind == "reconciliation") {
      const bool applied = text_at(body, "outcome") == "applied" ||
                           text_at(body, "outcome") == "conflict" || entry.kind == "reconciliation";
      if (operation == "delete" && applied) {
        trail_.deletes.push_back(
            {entry.sequence, SystemName(text_at(body, "system")), RecordId(text_at(body, "id"))});
      }
      if (operation == "merge") add_deed(SelectedDeed::Kind::merged, entry, body);
      if (operation == "restore" && applied) add_deed(SelectedDeed::Kind::restored, entry, body);
    }
    if (entry.kind == "link") add_deed(SelectedDeed::Kind::linked, entry, body);
    if (entry.kind == "delivery" && text_at(body, "state") == "delivered") {
      if (operation == "create") add_deed(SelectedDeed::Kind::made_there, entry, body);
      if (operation == "delete") add_deed(SelectedDeed::Kind::deleted_there, entry, body);
    }
    if (entry.kind == "decision" && text_at(body, "resolution") == "dismissed") {
      add_deed(SelectedDeed::Kind::dismissed, entry, body);
    }
    if (entry.kind == "undo" && body.contains("restored")) {
      add_deed(SelectedDeed::Kind::undid_delete, entry, body);
    }
  }

  void add_deed(SelectedDeed::Kind kind, const AuditEntry& entry, const Json& body) {
    const std::string event_id = text_at(body, "id"), written_id = text_at(body, "record_id");
    trail_.deeds.push_back({kind, entry.sequence, SystemName(text_at(body, "system")),
                            RecordId(event_id.empty() ? written_id : event_id)});
  }

  const UndoParts& parts_;
  const UndoOrder& order_;
  RecordTrail trail_;
  std::vector<GoldenId> joined_;  // whose sources no entry has brought yet
  bool made_ = false;
};

}  // namespace

RecordTrail read_record_trail(const UndoParts& parts, const UndoOrder& order,
                              const GoldenId& golden) {
  return TrailReading(parts, order).run(golden);
}

}  // namespace truce
