#include "sidecar/demo/naive_copy.h"

namespace truce::demo {
namespace {

void copy(const CrmPair& crms, Ledger& ledger, const Webhook& webhook) {
  const Side target = other(webhook.side);
  CrmClient& crm = crms.at(target);
  Content content;
  for (const auto& [field, value] : from_body(webhook.side, webhook.record)) {
    content[field] = translate(webhook.side, target, field, value);
  }
  const Json body = to_body(target, content);
  const Answer found = with_retries([&] { return crm.find_by_email(content[Field::email]); });
  Answer written;
  if (found.done()) {
    const std::string id = crm.read(found.body).id;
    written = with_retries([&] { return crm.update(id, body, webhook.cause); });
  } else if (found.status == 404) {
    written = with_retries([&] { return crm.create(body); });
  }
  if (!written.done()) ++ledger.given_up;
}

}  // namespace

Strategy naive_copy(CrmPair crms, Ledger& ledger) {
  Strategy strategy;
  strategy.name = "naive webhook copy";
  strategy.receive = [crms, &ledger](const Webhook& webhook) { copy(crms, ledger, webhook); };
  return strategy;
}

}  // namespace truce::demo
