#include "engine/app/undo/record_trail.h"

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
    AuditFilter filter;
    filter.golden = golden;
    filter.limit = audit_page;
    while (true) {
      const auto page = parts_.store.list_audit(filter);
      for (const AuditEntry& entry : page) {
        filter.after = entry.sequence;
        take(entry, unsealed(json_of(entry.body), parts_.secrets).node);
      }
      if (page.size() < audit_page) return std::move(trail_);
    }
  }

 private:
  void take(const AuditEntry& entry, const Json& body) {
    const bool selected = selects(order_.select, entry, body);
    const Json* changes = find_member(body, "changes");
    // What a record began with is the record; without it there would be none.
    const bool makes = !made_ && changes && !changes->empty();
    if (makes) {
      made_ = true;
      if (selected) add_deed(SelectedDeed::Kind::made_record, entry, body);
    }
    if (changes) {
      for (const Json& change : *changes) {
        const bool chosen = selected && !makes && selects_change(order_.select, change);
        trail_.changes[FieldName(text_at(change, "field"))].push_back(
            {entry.sequence, chosen, change.value("before", Json()), change.value("after", Json()),
             doer_of(entry, body), text_at(body, "undo")});
      }
    }
    if (selected && order_.select.rule.empty()) take_deed(entry, body);
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
  bool made_ = false;
};

}  // namespace

RecordTrail read_record_trail(const UndoParts& parts, const UndoOrder& order,
                              const GoldenId& golden) {
  return TrailReading(parts, order).run(golden);
}

}  // namespace truce
