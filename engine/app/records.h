// Reading golden records.
#pragma once

#include "engine/app/context.h"

namespace truce {

struct Reader {
  ReadView& store;
  const Policy& policy;
  const Secrets& secrets;
  Time now;
};

Result<Json> read_record(Reader& reader, const EntityName& entity, const GoldenId& id);
// As the audit trail saw it at that time.
Result<Json> read_record_at(Reader& reader, const EntityName& entity, const GoldenId& id, Time at);
Result<Json> find_record(Reader& reader, const EntityName& entity, const SystemName& system,
                         const RecordId& id);
// Per field (or the one): value, winner, rule, why, every loser and why it lost; base per system.
Result<Json> explain_record(Reader& reader, const EntityName& entity, const GoldenId& id,
                            const FieldName& field);
// Every observation and write of every system, with what each was taken for.
Result<Json> record_history(Reader& reader, const EntityName& entity, const GoldenId& id);

}  // namespace truce
