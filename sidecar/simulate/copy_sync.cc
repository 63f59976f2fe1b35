#include "sidecar/simulate/copy_sync.h"

#include "sidecar/simulate/api_calls.h"

namespace truce::simulate {
namespace {

constexpr std::int64_t retry_after_ms = 1'000;

}  // namespace

void CopySync::begin() {
  std::map<Thing, std::size_t> family_of_thing;
  for (std::size_t s = 0; s < office_.model().systems.size(); ++s) {
    for (const auto& [id, record] : office_.system(s).all()) {
      const auto [place, fresh] = family_of_thing.emplace(record.thing, families_.size());
      if (fresh) families_.emplace_back(office_.model().systems.size());
      families_[place->second].ids[s] = id;
      family_by_record_[{s, id}] = place->second;
    }
  }
}

std::size_t CopySync::family_of(const Webhook& webhook) {
  const auto [place, fresh] =
      family_by_record_.emplace(std::pair(webhook.system, webhook.record_id), families_.size());
  if (fresh) {
    families_.emplace_back(office_.model().systems.size());
    families_.back().ids[webhook.system] = webhook.record_id;
  }
  return place->second;
}

CopySync::Values CopySync::news_of(const Webhook& webhook, Family& family) const {
  Values all = office_.system(webhook.system).read(webhook.entity, *webhook.body);
  if (webhook.kind == Webhook::Kind::restore || webhook.is_new) return all;
  if (kind_ == StrategyKind::lww_record) {
    const bool is_older = webhook.occurred_at < family.modified;
    if (!is_older) family.modified = webhook.occurred_at;
    return is_older ? Values{} : all;
  }
  Values news;
  for (const std::size_t field : webhook.changed) {
    if (kind_ == StrategyKind::lww_field) {
      Time& changed_at = family.changed_at.try_emplace(field, Time::beginning()).first->second;
      const bool known = family.last.contains(field) && family.last[field] == all[field];
      if (webhook.occurred_at < changed_at || known) continue;
      changed_at = webhook.occurred_at;
      family.last[field] = all[field];
    }
    news.emplace(field, all[field]);
  }
  return news;
}

void CopySync::receive(const Webhook& webhook) {
  if (++received_ > copied_webhooks_max) return;
  const std::size_t family = family_of(webhook);
  const std::size_t systems = office_.model().systems.size();
  if (webhook.kind == Webhook::Kind::erase || webhook.kind == Webhook::Kind::merge) {
    for (std::size_t s = 0; s < systems; ++s) {
      if (s != webhook.system) remove(family, s);
    }
    return;
  }
  const Values news = news_of(webhook, families_[family]);
  if (news.empty()) return;
  const Values all = office_.system(webhook.system).read(webhook.entity, *webhook.body);
  for (std::size_t s = 0; s < systems; ++s) {
    if (s == webhook.system || !office_.model().entities[webhook.entity].has_part[s]) continue;
    copy(family, webhook.entity, s, news, all);
  }
}

void CopySync::copy(std::size_t family, std::size_t entity, std::size_t to, const Values& news,
                    const Values& all) {
  const std::string id = families_[family].ids[to];
  if (id.empty()) {
    if (kind_ == StrategyKind::naive) return create(family, entity, to, all);
    return find_or_create(family, entity, to, all);
  }
  with_retries(
      to,
      [this, id, news](SimulatedSystem& system) { return update_in(office_, system, id, news); },
      [this, family, entity, to, all](const Answer& answer) {
        if (answer.status != 404) return;
        families_[family].ids[to].clear();
        find_or_create(family, entity, to, all);
      });
}

void CopySync::find_or_create(std::size_t family, std::size_t entity, std::size_t to,
                              const Values& all) {
  with_retries(
      to,
      [this, entity, all](SimulatedSystem& system) {
        return search_in(office_, system, entity, all);
      },
      [this, family, entity, to, all](const Answer& answer) {
        if (!answer.done()) return;
        if (answer.row_ids.empty()) return create(family, entity, to, all);
        families_[family].ids[to] = answer.row_ids.front();
        family_by_record_[{to, answer.row_ids.front()}] = family;
        copy(family, entity, to, all, all);
      });
}

void CopySync::create(std::size_t family, std::size_t entity, std::size_t to, const Values& all) {
  const Record* origin = nullptr;
  for (std::size_t s = 0; s < families_[family].ids.size() && !origin; ++s) {
    origin = office_.system(s).find(families_[family].ids[s]);
  }
  if (!origin) return;
  with_retries(
      to,
      [this, entity, all, thing = origin->thing](SimulatedSystem& system) {
        return create_in(office_, system, entity, thing, all);
      },
      [this, family, to](const Answer& answer) {
        if (answer.id.empty()) return;
        families_[family].ids[to] = answer.id;
        family_by_record_[{to, answer.id}] = family;
      });
}

void CopySync::remove(std::size_t family, std::size_t from) {
  const std::string id = families_[family].ids[from];
  if (id.empty()) return;
  with_retries(
      from, [this, id](SimulatedSystem& system) { return erase_in(office_, system, id); },
      [](const Answer&) {});
}

void CopySync::with_retries(std::size_t system, Office::Call call, std::function<void(Answer)> done,
                            int tries) {
  office_.call(system, call,
               office_.step(std::function<void(Answer)>([=, this](const Answer& answer) {
                 const bool final = answer.done() || answer.status == 404 || !answer.id.empty();
                 if (final || tries <= 1) return done(answer);
                 office_.happenings().after(Duration::of_ms(retry_after_ms),
                                            office_.step(std::function<void()>([=, this] {
                                              with_retries(system, call, done, tries - 1);
                                            })));
               })));
}

}  // namespace truce::simulate
