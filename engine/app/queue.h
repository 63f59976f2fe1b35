// The operator's queue.
#pragma once

#include <string>
#include <vector>

#include "engine/app/context.h"

namespace truce {

// body: {choose: SYSTEM | value: V | action: …, version | token, actor, note?, hand_out?}.
// `version-moved` when the item is not the one that was answered to: the caller shows the fresh
// one. `already-settled` names who closed it. The answer is the contract's resolve object,
// deliveries leased to the caller unless `hand_out` is false. `not-allowed` where the policy lets
// only others decide the field; `roles` are the caller's, and empty for whoever has the database
// itself.
Result<Json> resolve_exception(Context& context, const ExceptionId& id, const Json& body,
                               const std::vector<std::string>& roles);
// `already-settled` names who claimed it before.
Result<Json> claim_exception(Context& context, const ExceptionId& id, const Json& body);
Result<Json> dismiss_exception(Context& context, const ExceptionId& id, const Json& body,
                               const std::vector<std::string>& roles);
// rejected: the event again under the present policy. dead_letter: the delivery again.
Result<Json> replay_exception(Context& context, const ExceptionId& id, const Json& body,
                              const std::vector<std::string>& roles);
// {ids: […] | category, action: "dismiss"|"replay"|"resolve", choose?…}: {results: [{id, …}]}. An
// item with an `error` is as it was. It sets the transaction's mark.
Result<Json> work_in_bulk(Context& context, const Json& body,
                          const std::vector<std::string>& roles);

}  // namespace truce
