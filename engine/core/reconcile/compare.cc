#include "engine/core/reconcile/compare.h"

#include <algorithm>

namespace truce {
namespace {

bool asks_about(const ExceptionItem& item, const FieldName& field) {
  if (item.field == field) return true;
  const Json* members = find_member(item.detail, "group");
  if (!members || !members->is_array()) return false;
  return std::find(members->begin(), members->end(), Json(field.text)) != members->end();
}

bool is_dead(const Delivery& delivery) {
  return delivery.state == DeliveryState::dead || delivery.state == DeliveryState::discarded;
}

class Comparison {
 public:
  explicit Comparison(const Compared& compared) : compared_(compared) {}

  std::vector<Discrepancy> run() {
    for (const auto& [name, field] : compared_.entity.fields) compare_field(field);
    for (const ShownRecord& record : compared_.shown) tell_excluded(record);
    compare_presence();
    return std::move(found_);
  }

 private:
  const GoldenRecord& golden() const { return compared_.state.golden; }

  const GoldenField* golden_field(const FieldName& name) const {
    const auto field = golden().fields.find(name);
    return field == golden().fields.end() ? nullptr : &field->second;
  }

  void compare_field(const Field& field) {
    const GoldenField* shown = golden_field(field.name);
    const std::vector<SystemName> apart = systems_apart(field, shown);
    if (apart.empty() && !is_corrected(field.name)) return;
    Discrepancy row;
    row.kind = DiscrepancyKind::different;
    row.golden = golden().id;
    row.detail["field"] = field.name.text;
    name_cause(row, field, apart);
    name_resolution(row, field, apart);
    show_values(row, field, shown);
    found_.push_back(std::move(row));
  }

  // Those that would have to be written to, or all where nobody wins yet and they differ.
  std::vector<SystemName> systems_apart(const Field& field, const GoldenField* shown) const {
    std::vector<SystemName> apart;
    if (!shown) return apart;
    for (const ShownRecord& record : compared_.shown) {
      const auto value = record.fields.find(field.name);
      const bool is_apart = value == record.fields.end()
                                ? is_written_unseen(record, field, *shown)
                                : is_shown_apart(record, field, *shown, value->second);
      if (is_apart) apart.push_back(record.system);
    }
    return apart;
  }

  static bool differs(const ShownRecord& record, const Field& field, const GoldenField& shown,
                      const Value& value) {
    const MapEntry& entry = field.map.at(record.system);
    return !same(as_held(field, entry, value), as_held(field, entry, shown.value));
  }

  static bool is_shown_apart(const ShownRecord& record, const Field& field,
                             const GoldenField& shown, const Value& value) {
    const bool compared =
        shown.contested ? field.reads(record.system) : field.writes(record.system);
    return compared && differs(record, field, shown, value);
  }

  // A record that leaves a field out says nothing of it: what counts is whether it is written.
  bool is_written_unseen(const ShownRecord& record, const Field& field,
                         const GoldenField& shown) const {
    const auto held = record.left_out.find(field.name);
    if (held == record.left_out.end() || shown.contested) return false;
    if (held->second && !differs(record, field, shown, *held->second)) return false;
    const bool is_planned = compared_.plan && !compared_.writes_nothing;
    return !is_planned || is_to_be_written(record.system, field.name);
  }

  const FieldChange* change_of(const FieldName& name) const {
    if (!compared_.plan) return nullptr;
    for (const FieldChange& change : compared_.plan->changes) {
      if (change.field == name) return &change;
    }
    return nullptr;
  }

  // What is shown has changed because of what a record says. Of a field that nothing was known of
  // it is a correction only where the value is known to be new.
  bool is_corrected(const FieldName& name) const {
    const FieldChange* change = change_of(name);
    if (!change) return false;
    return std::any_of(compared_.shown.begin(), compared_.shown.end(),
                       [&](const ShownRecord& record) {
                         const auto news = record.news.find(name);
                         if (news == record.news.end()) return false;
                         const bool is_first_sight =
                             news->second == Cause::never_linked || news->second == Cause::unknown;
                         return change->before || !is_first_sight;
                       });
  }

  // Whose word was missed: the first reason of this list that any of the records has.
  void name_cause(Discrepancy& row, const Field& field,
                  const std::vector<SystemName>& apart) const {
    for (const Cause cause : {Cause::never_linked, Cause::lost_event, Cause::out_of_order,
                              Cause::edit_since_last_event, Cause::failed_delivery}) {
      for (const ShownRecord& record : compared_.shown) {
        const auto news = record.news.find(field.name);
        if (news == record.news.end() || news->second != cause) continue;
        row.cause = cause;
        row.system = record.system;
        return;
      }
    }
    if (apart.empty()) return;
    row.system = apart.front();
    // We know what it holds, and that it should hold something else: our write is to blame, if it
    // was tried.
    for (const SystemName& system : apart) {
      if (!was_tried(system, field.name)) continue;
      row.cause = Cause::failed_delivery;
      row.system = system;
      return;
    }
  }

  const Delivery* write_to(const SystemName& system, const FieldName& field) const {
    for (const Delivery& delivery : compared_.state.deliveries) {
      if (delivery.system == system && delivery.fields.contains(field)) return &delivery;
    }
    return nullptr;
  }

  // Of those that hold the field.
  template <class Condition>
  bool any_write(const SystemName& system, const FieldName& field,
                 const Condition& condition) const {
    const auto& deliveries = compared_.state.deliveries;
    return std::any_of(deliveries.begin(), deliveries.end(), [&](const Delivery& delivery) {
      return delivery.system == system && delivery.fields.contains(field) && condition(delivery);
    });
  }

  // What is on its way is not written again.
  bool is_to_be_written(const SystemName& system, const FieldName& field) const {
    return any_write(system, field, [](const Delivery& delivery) {
      return delivery.state != DeliveryState::leased && delivery.state != DeliveryState::verifying;
    });
  }

  bool was_tried(const SystemName& system, const FieldName& field) const {
    return any_write(system, field, [](const Delivery& delivery) { return delivery.attempt > 0; });
  }

  // Its group waits with it.
  const ExceptionItem* question_about(const FieldName& field) const {
    const auto members = tuple_of(compared_.entity, field);
    for (const ExceptionItem& item : compared_.state.items) {
      const bool asks = item.category == Category::conflict ||
                        item.category == Category::immutable ||
                        item.category == Category::oscillation || item.category == Category::drift;
      if (!asks) continue;
      const bool is_meant =
          std::any_of(members.begin(), members.end(),
                      [&](const FieldName& member) { return asks_about(item, member); });
      if (is_meant) return &item;
    }
    return nullptr;
  }

  void escalate(Discrepancy& row, const ExceptionItem* item, Category otherwise) const {
    row.resolution = Resolution::escalated;
    row.detail["category"] = std::string(to_string(item ? item->category : otherwise));
    if (item) row.detail["exception_id"] = item->id.text;
  }

  const ExceptionItem* item_of(const Delivery& delivery) const {
    for (const ExceptionItem& item : compared_.state.items) {
      if (item.delivery == delivery.id) return &item;
    }
    return nullptr;
  }

  void name_resolution(Discrepancy& row, const Field& field,
                       const std::vector<SystemName>& apart) const {
    const GoldenField* shown = golden_field(field.name);
    if (const ExceptionItem* item = question_about(field.name)) return escalate(row, item, {});
    if (shown && shown->contested) return escalate(row, nullptr, Category::conflict);
    Json deliveries = Json::array();
    for (const SystemName& system : apart) {
      const Delivery* delivery = write_to(system, field.name);
      if (!delivery) continue;
      if (is_dead(*delivery)) {
        return escalate(row, item_of(*delivery), Category::dead_letter);
      }
      deliveries.push_back(delivery->id.text);
    }
    if (!apart.empty() && deliveries.empty()) {
      row.detail["why"] = "nothing is written: a limit of the run, or a parent that is not linked";
      return;
    }
    row.resolution = Resolution::auto_resolved;
    row.detail["rule"] = shown ? shown->rule : std::string(to_string(field.rule));
    if (!deliveries.empty()) row.detail["deliveries"] = std::move(deliveries);
  }

  void show_values(Discrepancy& row, const Field& field, const GoldenField* shown) const {
    Json records = Json::object(), values = Json::object();
    for (const ShownRecord& record : compared_.shown) {
      const auto value = record.fields.find(field.name);
      const bool is_shown = value != record.fields.end();
      if (!is_shown && !record.left_out.contains(field.name)) continue;
      records[record.system.text] = record.id.text;
      if (is_shown) values[record.system.text] = to_json(value->second);
    }
    row.detail["records"] = std::move(records);
    if (field.is_private) {
      row.detail["private"] = true;
      return;
    }
    row.detail["values"] = std::move(values);
    row.detail["golden"] = shown ? to_json(shown->value) : Json();
    if (shown) row.detail["why"] = shown->why;
  }

  void tell_excluded(const ShownRecord& record) {
    for (const auto& [name, exclusion] : record.excluded) {
      Discrepancy row;
      row.kind = DiscrepancyKind::excluded;
      row.cause = exclusion.cause;
      row.system = record.system;
      row.golden = golden().id;
      row.detail = {{"field", name.text}, {"record_id", record.id.text}, {"why", exclusion.why}};
      if (!exclusion.item.empty()) {
        row.resolution = Resolution::escalated;
        row.detail["category"] = std::string(to_string(exclusion.category));
        row.detail["exception_id"] = exclusion.item.text;
      }
      found_.push_back(std::move(row));
    }
  }

  bool is_shown(const SystemName& system) const {
    return std::any_of(compared_.shown.begin(), compared_.shown.end(),
                       [&](const ShownRecord& record) { return record.system == system; });
  }

  void compare_presence() {
    std::vector<SystemName> lacking;
    for (const SystemName& system : compared_.complete) {
      // A linked one that is absent is looked at with all that are.
      const SourceRecord* link = linked_source(compared_.state, system);
      if (is_shown(system) || !has_part(compared_.entity, system)) continue;
      if (!link)
        lacking.push_back(system);
      else if (is_deleted(*link))
        tell_deleted(*link);
    }
    if (lacking.empty()) return;
    const bool only = living_links() == 1;
    for (const SystemName& system : lacking) {
      Discrepancy row;
      row.kind = only ? DiscrepancyKind::only : DiscrepancyKind::missing;
      row.cause = Cause::never_linked;
      row.golden = golden().id;
      row.system = only ? compared_.shown.front().system : system;
      row.detail["record_id"] = compared_.shown.front().id.text;
      row.detail["missing_in"] = only ? names_of(lacking) : Json::array({system.text});
      name_creation(row, only ? lacking : std::vector<SystemName>{system});
      found_.push_back(std::move(row));
      if (only) return;
    }
  }

  static Json names_of(const std::vector<SystemName>& systems) {
    Json names = Json::array();
    for (const SystemName& system : systems) names.push_back(system.text);
    return names;
  }

  std::size_t living_links() const {
    const auto& sources = compared_.state.sources;
    return static_cast<std::size_t>(
        std::count_if(sources.begin(), sources.end(), [](const SourceRecord& source) {
          return source.state == LinkState::active && !is_deleted(source);
        }));
  }

  // The delete was heard of; what is left of it is a question about it, or what is done about it
  // only now.
  void tell_deleted(const SourceRecord& link) {
    Discrepancy row;
    row.kind = DiscrepancyKind::missing;
    row.golden = golden().id;
    row.system = link.system;
    row.detail["record_id"] = link.id.text;
    for (const ExceptionItem& item : compared_.state.items) {
      if (item.category != Category::erase) continue;
      escalate(row, &item, Category::erase);
      found_.push_back(std::move(row));
      return;
    }
    if (plans(Operation::create, &link.system) || withholds_create(link.system)) {
      name_creation(row, {link.system});
    } else if (plans(Operation::erase, nullptr)) {
      name_erasure(row);
    } else if (!name_planned_before(row, link.system)) {
      return;
    }
    found_.push_back(std::move(row));
  }

  // What waits to be written is no news, and no match yet either.
  bool name_planned_before(Discrepancy& row, const SystemName& lacking) const {
    for (const Delivery& delivery : compared_.state.deliveries) {
      const bool makes = delivery.intended == Operation::create && delivery.system == lacking;
      if (!makes && delivery.intended != Operation::erase) continue;
      if (is_dead(delivery)) {
        escalate(row, item_of(delivery), Category::dead_letter);
        return true;
      }
      row.kind = DiscrepancyKind::excluded;
      row.detail["why"] = makes ? "it was deleted there, and is on its way to be made again"
                                : "it was deleted there, and its delete elsewhere is on its way";
      return true;
    }
    return false;
  }

  bool withholds_create(const SystemName& system) const {
    if (!compared_.plan) return false;
    const std::vector<SystemName>& withheld = compared_.plan->creates_withheld;
    return std::find(withheld.begin(), withheld.end(), system) != withheld.end();
  }

  // In `system`, or anywhere.
  bool plans(Operation operation, const SystemName* system) const {
    if (!compared_.plan) return false;
    const auto& deliveries = compared_.plan->deliveries;
    return std::any_of(deliveries.begin(), deliveries.end(), [&](const Delivery& delivery) {
      return delivery.state != DeliveryState::withdrawn && delivery.intended == operation &&
             (!system || delivery.system == *system);
    });
  }

  void name_erasure(Discrepancy& row) const {
    row.resolution = Resolution::auto_resolved;
    row.detail["rule"] = std::string(to_string(compared_.entity.on_delete));
    for (const Delivery& delivery : compared_.plan->deliveries) {
      if (delivery.state == DeliveryState::withdrawn || delivery.intended != Operation::erase)
        continue;
      row.detail["deliveries"].push_back(delivery.id.text);
    }
  }

  void name_creation(Discrepancy& row, const std::vector<SystemName>& lacking) const {
    Json deliveries = Json::array();
    for (const SystemName& system : lacking) {
      for (const Delivery& delivery : compared_.state.deliveries) {
        if (delivery.system != system || delivery.intended != Operation::create) continue;
        if (is_dead(delivery)) {
          return escalate(row, item_of(delivery), Category::dead_letter);
        }
        deliveries.push_back(delivery.id.text);
      }
    }
    if (!deliveries.empty()) {
      row.resolution = Resolution::auto_resolved;
      row.detail["rule"] = "create_in";
      row.detail["deliveries"] = std::move(deliveries);
      return;
    }
    row.detail["why"] = why_not_created(lacking);
  }

  std::string why_not_created(const std::vector<SystemName>& lacking) const {
    const auto wanted = [&](const SystemName& system) {
      return compared_.entity.creates_in(system);
    };
    if (std::none_of(lacking.begin(), lacking.end(), wanted)) {
      return "the policy makes no records there";
    }
    if (compared_.writes_nothing) return "the run writes nothing";
    const auto is_left_out = [&](const SystemName& system) {
      const auto& absent = golden().no_create;
      return std::find(absent.begin(), absent.end(), system) != absent.end();
    };
    if (std::any_of(lacking.begin(), lacking.end(), is_left_out)) {
      return "it is deliberately not there";
    }
    if (compared_.plan && !compared_.plan->creates_withheld.empty()) {
      return "a limit of the run withholds it";
    }
    return "a required field is blank or contested";
  }

  const Compared& compared_;
  std::vector<Discrepancy> found_;
};

}  // namespace

bool has_part(const Entity& entity, const SystemName& system) {
  return std::any_of(entity.fields.begin(), entity.fields.end(),
                     [&](const auto& named) { return named.second.map.contains(system); });
}

std::vector<Discrepancy> compare(const Compared& compared) { return Comparison(compared).run(); }

}  // namespace truce
