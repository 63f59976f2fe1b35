// Loading a golden record with all that hangs on it, deriving it again, and storing what follows.
#pragma once

#include <vector>

#include "engine/app/context.h"
#include "engine/core/plan/plan.h"

namespace truce {

// The golden record itself, or the survivor that it was merged into; nullopt: there is none.
std::optional<GoldenRecord> find_survivor(ReadView& store, const GoldenId& golden);
// The survivor with all that hangs on it; nullopt also where its entity left the policy.
std::optional<RecordState> read_state(ReadView& store, const Policy& policy,
                                      const GoldenId& golden);
// The same, come along to the schema in force.
std::optional<RecordState> load_state(Context& context, const GoldenId& golden);

// One of the state's own that lives and is linked, of which nobody has shown yet what stands in it.
bool is_unread(const RecordState& state, const SourceRecord& source);

// Under which id this system has the record; nullopt: it has none that lives.
std::optional<RecordId> linked_id(ReadView& store, const SystemName& system,
                                  const GoldenId& golden);

// duplicates.cc: a `duplicate` question about this golden record and another one is open.
bool is_asked_whether_one(ReadView& store, const GoldenId& golden);

PlanContext plan_context(Context& context, const Entity& entity, WriteLimits limits = {});

// What the subject begins with of an item about an event or field that was refused on arrival.
inline constexpr const char* refused_arrival = "rejected/";
// When the refused value of such an item was said; nullopt: of an event that never reached its
// entity.
std::optional<Time> refused_at(const ExceptionItem& item);
// A good value is known that was said no earlier. `source`: the item's record.
bool is_overtaken(const ExceptionItem& item, const SourceRecord& source);

// Derives `state` again, stores golden record, deliveries and items, and announces what is new.
// Sources are stored by whoever changed them.
Plan derive(Context& context, RecordState& state, WriteLimits limits = {});

// It waits for its first attempt or the next one.
bool is_unsent(const Delivery& delivery);
// Plans unsent writes again that carry a field which was paused since.
void withdraw_paused(Context& context, RecordState& state);

// Of what derive() did, an entry of its own, where something shown or to be written changed. `body`
// is what else it says: {why}.
void note_derived(Context& context, const RecordState& state, const Plan& plan, Json body);
// derive() where no entry of the caller tells what follows.
void derive_noted(Context& context, RecordState& state, const std::string& why,
                  WriteLimits limits = {});
// The same of another golden record, by id: children whose parent got a link, and the like.
void derive_again(Context& context, const GoldenId& golden, const std::string& why);

// Leases one delivery to the caller and notes its writes in the target's history. The delivery must
// be due and nothing of the same record and system may be in flight.
void hand_out(Context& context, RecordState& state, Delivery& delivery,
              std::optional<Duration> lease);

// The writes of a delivery's present attempt, as facts.
DeliveryId write_id(const Delivery& delivery);
std::vector<std::pair<FieldName, Write>> writes_of(const Delivery& delivery, Write::State state,
                                                   std::optional<Time> settled_at);

// Deliveries of `state` that may be handed out now.
std::vector<Delivery*> due_of(RecordState& state, Time now);

// Opens an item that is not derived by plan(), or updates the unanswered one of the same subject.
ExceptionItem open_item(Context& context, ExceptionItem item);
void close_item(Context& context, ExceptionItem item, const std::string& by,
                const std::string& how);

}  // namespace truce
