// One delivery's result on its way into the facts. Internal to engine/app; settle.h is the door.
#pragma once

#include <optional>

#include "engine/app/ingestion.h"
#include "engine/app/settle.h"
#include "engine/app/untimed.h"

namespace truce {

// What the target said that it holds, and when that was.
struct Shown {
  NormalizedRecord record;
  Time at;
};

// Of a create that met a record.
enum class CreateFate {
  refused,  // it made nothing: what stands there was there before
  unknown,  // it may have made it, or an earlier attempt has
};

class Settling {
 public:
  Settling(Context& context, RecordState& state, Delivery delivery, const DeliveryResult& result);

  Result<void> run();
  const std::optional<RecordToFetch>& to_fetch() const { return to_fetch_; }

 private:
  // settle.cc
  static Result<void> wrong(const std::string& instead);
  // Fails where the result names or shows another record than the delivery's own.
  Result<void> check_record() const;
  // The delivery's record, also by the id of the one that it is known to have been merged into.
  bool is_own(const RecordId& id) const;
  Result<void> delivered();
  Result<void> erased();
  void acknowledge(SourceRecord& source, const SharedMap<FieldName, DeliveryField>& fields);
  // The record as the answer shows it, and the time of that picture.
  std::optional<Shown> shown_by(const DeliveryResult& result) const;
  std::optional<HistoryOrder> stored_order(const FieldName& name) const;
  // What the target says it stored is an observation like any other.
  void join_stored(SourceRecord& source);
  void note_untimed(const SourceRecord& source, const FieldName& name, const HistoryOrder& order);
  // What it is known by may have changed with the answer; `indexed` is what it was known by before.
  void store_target(const SourceRecord& source, const std::vector<TierKeys>& indexed);
  // This attempt was not carried out; what an earlier one may have done stays in doubt.
  void forget_attempt(SourceRecord& source) const;
  Result<void> failed();
  Result<void> gone();
  Result<void> unknown();
  Result<void> found();
  // The target lags: it shows what stood there before something that it is known to have held
  // since.
  bool is_outdated(const SourceRecord& source, const FieldName& name) const;
  // What a lookup shows has arrived.
  void acknowledge_shown(SourceRecord& source);
  // What a lookup does not show never arrived, or somebody wrote over it: its echoes, late ones
  // too, are still no word of the system.
  void leave_in_doubt(SourceRecord& source) const;
  bool shows(const FieldName& name) const;
  Result<void> absent();
  // A delivery that arrived makes what was given up before it moot.
  void lift_dead_letters();
  Result<void> finish(DeliveryState settled);

  // settle_again.cc
  // After the backoff, or never: out of attempts, or refused for good.
  Result<void> try_later(DeliveryState until_then);
  // At once after the first look, for an answer may be lost on its way; then the target has a bad
  // hour. Looks count as attempts.
  Result<void> send_again();
  Result<void> give_up_missed();
  int attempts() const;  // that count
  Time later();          // by the policy's retry
  // The update that is planned in place of one that was looked for and not seen goes on counting:
  // else one that never arrives would be sent for ever.
  void carry_attempts();

  // settle_create.cc: a create may meet a record that was there already, or that came as an event
  // before it came as a result.
  Result<void> created();
  SourceRecord find_or_make(const RecordId& id);
  // Links the record to this golden record. False: another one has it, or the slot is taken, and an
  // item names both.
  bool claim_for_golden(SourceRecord& source);
  // The record that was taken for our create is another one: its first word was its own.
  void drop_adopted_writes(const RecordId& id);
  void name_both(const SourceRecord& source, const GoldenId& other);
  void store_linked(const SourceRecord& source);
  // The record that came of the create, which is not found any more under the key that it was made
  // with: it says itself that it had it. Null: none is known.
  SourceRecord* record_made();
  bool had_our_key(const SourceRecord& source) const;
  // A create that was not sent leaves no trace in a record that was taken for its target.
  void drop_adopted();
  Result<void> exists();
  // Refused at its first attempt it made nothing. What became of earlier ones nobody knows for
  // certain, though they were looked for.
  CreateFate fate_where_met() const;
  Result<void> take_met(CreateFate fate);
  // Links the record that a create met, where their keys agree.
  Result<void> adopt(CreateFate fate);
  // A record that is to be made again is looked for under its old id before anything is sent.
  bool was_only_looked_for() const;
  Result<void> reappeared();
  // The create is not needed: `source`, with what it shows, is the record.
  Result<void> withdraw_for(SourceRecord& source);
  // Our create, and not a record that somebody else made meanwhile.
  bool shows_all() const;

  Context& context_;
  RecordState& state_;
  Delivery delivery_;
  const DeliveryResult& result_;
  const Entity& entity_;
  const System system_;
  const std::optional<Shown> shown_;
  std::optional<RecordToFetch> to_fetch_;
};

bool is_write_of(const Write& write, const Delivery& delivery);
bool has_write_of(const FieldHistory& history, const Delivery& delivery);
SourceRecord* target_of(RecordState& state, const Delivery& delivery);
void forget_writes(SourceRecord& source, const Delivery& delivery);

}  // namespace truce
