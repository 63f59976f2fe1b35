#include "engine/app/pauses.h"

#include <algorithm>

#include "engine/app/derive.h"
#include "engine/app/reread.h"
#include "engine/app/trail.h"
#include "engine/app/watch_shapes.h"

namespace truce {
namespace {

// One sweep holds the writer for a moment only.
constexpr std::size_t deliveries_a_sweep = 200;
constexpr std::size_t records_a_sweep = 100;

class Care {
 public:
  Care(Context& context, const Entity& entity)
      : context_(context),
        entity_(entity),
        text_(book_text(context.store, entity.name)),
        book_(is_quiet(text_) ? ShapeBook() : read_book(text_)) {}

  // True when there is more to do at once.
  bool run() {
    if (is_quiet(text_)) return false;
    drop_unmapped();
    bool more = false;
    for (Pause& pause : book_.pauses) {
      if (pause.policy_sha256 != context_.policy.sha256) judge_again(pause);
      if (pause.replanning) more |= replan(pause);
      refresh_item(pause);
    }
    // Events that are read again see the pauses as they are.
    put_book(context_.store, entity_.name, book_);
    more |= reread_next();
    more |= derive_next();
    put_book(context_.store, entity_.name, book_);
    return more;
  }

 private:
  const MapEntry* entry_of(const Pause& pause) const {
    const Field* field = entity_.field(pause.field);
    if (!field || !context_.policy.system(pause.system)) return nullptr;
    const auto entry = field->map.find(pause.system);
    return entry == field->map.end() ? nullptr : &entry->second;
  }

  void drop_unmapped() {
    std::vector<Pause> gone;
    for (const Pause& pause : book_.pauses) {
      if (!entry_of(pause)) gone.push_back(pause);
    }
    for (const Pause& pause : gone) end(pause, "the policy does not read it any more");
  }

  void judge_again(Pause& pause) {
    if (reads_example(context_, pause)) {
      pause.answer = PauseAnswer::none;
      begin_rereading(context_, pause, "the policy in force reads it");
    } else if (pause.rereading) {
      begin_rereading(context_, pause, std::string(pause.rereading->why));
    }
    pause.policy_sha256 = context_.policy.sha256;
  }

  bool replan(Pause& pause) {
    DeliveryFilter filter;
    filter.state = pause.replanning;
    filter.system = pause.system;
    filter.after = pause.replanned_to;
    filter.limit = deliveries_a_sweep;
    const auto unsent = context_.store.list_deliveries(filter);
    for (const Delivery& delivery : unsent) {
      pause.replanned_to = delivery.sequence;
      if (delivery.entity != entity_.name || !delivery.fields.contains(pause.field)) continue;
      derive_again(context_, delivery.golden, "a field of it was paused");
    }
    if (unsent.size() == deliveries_a_sweep) return true;
    const bool all = pause.replanning == DeliveryState::waiting;
    pause.replanning = all ? std::nullopt : std::optional(DeliveryState::waiting);
    pause.replanned_to = 0;
    return !all;
  }

  void refresh_item(const Pause& pause) {
    if (pause.answer != PauseAnswer::none || pause.kind != PauseKind::shape) return;
    update_pause_item(context_, entity_.name, pause);
  }

  bool reread_next() {
    const auto next = std::find_if(book_.pauses.begin(), book_.pauses.end(),
                                   [](const Pause& pause) { return pause.rereading.has_value(); });
    if (next == book_.pauses.end()) return false;
    if (reread_piece(context_, entity_, *next)) return true;
    Pause pause = *next;
    if (pause.answer == PauseAnswer::resumed && pause.kind == PauseKind::shape) {
      next->rereading.reset();
      book_.deriving = ShapeBook::Derived{};
    } else {
      end(pause, pause.rereading->why);
    }
    return true;
  }

  // A field that is written again although it is missing is learned anew.
  void learn_again(const Pause& pause) {
    const auto presences = book_.presences.find(pause.system);
    if (presences == book_.presences.end()) return;
    const auto presence = presences->second.find(pause.field.text);
    if (presence == presences->second.end()) return;
    if (presence->second.kind == Presence::Kind::missing) presences->second.erase(presence);
  }

  void end(const Pause& pause, const std::string& why) {
    if (pause.kind == PauseKind::missing) learn_again(pause);
    book_.end(pause.system, pause.field);
    Json note{{"exception", pause.item.text},
              {"category", std::string(to_string(Category::drift))},
              {"field", pause.field.text},
              {"system", pause.system.text},
              {"resumed", why},
              {"policy", context_.policy.sha256}};
    if (pause.rereading) {
      note["read_again"] = pause.rereading->taken;
      note["refused_again"] = pause.rereading->refused;
    }
    write_audit(context_, {"exception", entity_.name, {}, {}, std::move(note)});
    const auto item =
        context_.store.unanswered_exception(pause_subject(pause.system, entity_.name, pause.field));
    if (item) close_item(context_, *item, "truce", why);
  }

  // What a pause held back is planned now, for every record once.
  bool derive_next() {
    if (!book_.deriving) return false;
    auto system = context_.policy.systems.lower_bound(book_.deriving->system);
    if (system == context_.policy.systems.end()) {
      book_.deriving.reset();
      return false;
    }
    const RecordId after =
        system->first == book_.deriving->system ? book_.deriving->record : RecordId();
    // Of a run that is none: all linked records.
    const NotStaged linked =
        context_.store.not_staged(RunId(), system->first, entity_.name, after, records_a_sweep);
    for (const SourceRecord& source : linked.records) derive_once(source);
    book_.deriving = {system->first, linked.searched_to};
    if (linked.is_last) {
      const auto next = std::next(system);
      if (next == context_.policy.systems.end()) {
        book_.deriving.reset();
        return false;
      }
      book_.deriving = {next->first, RecordId()};
    }
    return true;
  }

  // By its first system.
  void derive_once(const SourceRecord& source) {
    auto state = load_state(context_, source.golden);
    if (!state) return;
    const bool derived =
        std::any_of(state->sources.begin(), state->sources.end(), [&](const SourceRecord& other) {
          return other.state == LinkState::active && other.system < source.system &&
                 context_.policy.system(other.system);
        });
    if (derived) return;
    derive_noted(context_, *state, "a pause ended", {.paused = paused_in(book_, entity_)});
  }

  Context& context_;
  const Entity& entity_;
  const std::string text_;
  ShapeBook book_;
};

}  // namespace

void begin_rereading(const Context& context, Pause& pause, const std::string& why) {
  pause.rereading = Rereading{pause.from, {}, context.now, 0, 0, why};
  pause.good = 0;
}

void update_pause_item(Context& context, const EntityName& entity, const Pause& pause) {
  auto item = context.store.find_exception(pause.item);
  if (!item || item->closed_at) return;
  Json detail = pause_detail(context, entity, pause, paused_records(context, entity, pause));
  if (to_wire(detail) == to_wire(item->detail)) return;
  item->detail = std::move(detail);
  item->updated_at = context.now;
  context.store.put_exception(*item);
}

void answer_pause(Context& context, const ExceptionItem& item, PauseAnswer answer) {
  ShapeBook book = read_book(book_text(context.store, item.entity));
  Pause* pause = book.find(item.system, item.field);
  if (!pause || pause->item != item.id) return;
  pause->answer = answer;
  if (answer == PauseAnswer::resumed) begin_rereading(context, *pause, "a person resumed it");
  put_book(context.store, item.entity, book);
}

bool look_after_pauses(Context& context) {
  bool more = false;
  for (const auto& [name, entity] : context.policy.entities) more |= Care(context, entity).run();
  return more;
}

std::optional<Time> earliest_pause(Context& context) {
  std::optional<Time> earliest;
  for (const auto& [name, entity] : context.policy.entities) {
    const std::string text = book_text(context.store, name);
    if (is_quiet(text)) continue;
    for (const Pause& pause : read_book(text).pauses) {
      if (!earliest || pause.since < *earliest) earliest = pause.since;
    }
  }
  return earliest;
}

}  // namespace truce
