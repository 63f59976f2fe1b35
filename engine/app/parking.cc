// Events that wait for a record that they refer to.
#include "engine/app/ingestion.h"

namespace truce {
namespace {

constexpr std::size_t causes_a_look = 200;
constexpr Duration between_looks = Duration::of_ms(60'000);
constexpr const char* reference_head = "reference/";
constexpr const char* last_look = "parked_last_look";        // when the last one was through
constexpr const char* look_goes_on = "parked_look_goes_on";  // behind this cause

std::string subject_of(const std::string& cause) { return "parked/" + cause; }

// A person is asked once about a record that does not come, also when they dismiss the question.
std::string asked_mark(const std::string& cause) { return "parked_asked/" + cause; }

bool asked_before(Context& context, const std::string& cause) {
  return !context.store.find_meta(asked_mark(cause)).value_or("").empty();
}

void ask_about(Context& context, const ParkedCause& cause, const Parent& parent,
               const ReadEvent& child, const EventKey& key) {
  ExceptionItem item;
  item.category = Category::parked;
  item.subject = subject_of(cause.waits_for);
  item.entity = child.entity;
  item.system = child.system;
  item.record = child.id;
  item.actions = {"release", "discard"};
  item.detail = {
      {"waits_for", cause.waits_for},
      {"parent",
       {{"system", parent.system.text}, {"entity", parent.entity.text}, {"id", parent.id.text}}},
      {"events", cause.events},
      {"since", to_rfc3339(cause.first_received_at)},
      {"event_key", key.text()},
      {"why", std::to_string(cause.events) + " events wait for " + parent.entity.text + " '" +
                  shown(parent.id.text) + "' of " + parent.system.text + ", which has not come"}};
  open_item(context, std::move(item));
  context.store.put_meta(asked_mark(cause.waits_for), to_rfc3339(context.now));
}

void ask_if_overdue(Context& context, const ParkedCause& cause, const Parent& parent) {
  if (asked_before(context, cause.waits_for)) return;
  const auto first = context.store.parked_for(cause.waits_for, 1);
  if (first.empty()) return;
  const ReadEvent child = read_raw_event({context.policy, context.transforms, context.secrets},
                                         first.front().body);
  const Entity* entity = context.policy.entity(child.entity);
  if (!entity || cause.first_received_at + entity->reference_wait > context.now) return;
  ask_about(context, cause, parent, child, first.front().event_key);
}

// True when this cause has to be looked at again at once.
bool look_at(Context& context, const ParkedCause& cause) {
  const auto parent = parent_of(cause.waits_for);
  if (!parent) return false;
  const auto source = context.store.find_source(parent->system, parent->entity, parent->id);
  if (source && source->state == LinkState::ambiguous) return false;  // its own item asks
  if (!source || source->golden.empty()) {
    ask_if_overdue(context, cause, *parent);
    return false;
  }
  release_waiting(context, *source, false);
  return !context.store.parked_for(cause.waits_for, 1).empty();
}

}  // namespace

std::string reference_cause(const SystemName& system, const EntityName& entity,
                            const RecordId& id) {
  return reference_head + system.text + '/' + entity.text + '/' + id.text;
}

std::optional<Parent> parent_of(const std::string& cause) {
  if (!cause.starts_with(reference_head)) return std::nullopt;
  const std::size_t system = std::string_view(reference_head).size();
  const std::size_t entity = cause.find('/', system);
  const std::size_t id = entity == std::string::npos ? entity : cause.find('/', entity + 1);
  if (id == std::string::npos) return std::nullopt;
  return Parent{SystemName(cause.substr(system, entity - system)),
                EntityName(cause.substr(entity + 1, id - entity - 1)),
                RecordId(cause.substr(id + 1))};
}

void close_parked_question(Context& context, const std::string& cause, const std::string& how) {
  if (!asked_before(context, cause)) return;
  context.store.put_meta(asked_mark(cause), "");
  if (auto item = context.store.unanswered_exception(subject_of(cause))) {
    close_item(context, std::move(*item), "truce", how);
  }
}

bool look_after_parked(Context& context) {
  std::string behind = context.store.find_meta(look_goes_on).value_or("");
  const auto last = context.store.find_meta(last_look);
  const bool lately =
      last && context.now.us - std::strtoll(last->c_str(), nullptr, 10) < between_looks.us;
  if (behind.empty() && lately) return false;
  if (behind.empty()) behind = reference_head;
  std::size_t looked_at = 0;
  for (const ParkedCause& cause : context.store.parked_causes(behind, causes_a_look)) {
    if (!cause.waits_for.starts_with(reference_head)) break;
    if (look_at(context, cause)) {
      context.store.put_meta(look_goes_on, behind);
      return true;
    }
    behind = cause.waits_for;
    ++looked_at;
  }
  const bool more = looked_at == causes_a_look;
  context.store.put_meta(look_goes_on, more ? behind : "");
  if (!more) context.store.put_meta(last_look, std::to_string(context.now.us));
  return more;
}

}  // namespace truce
