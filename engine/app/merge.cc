#include "engine/app/merge.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "engine/core/model/json_members.h"

namespace truce {
namespace {

constexpr std::size_t records_max = 50'000;  // of one call, all systems together

// Which of them belong together, by joining two at a time.
class Sets {
 public:
  explicit Sets(std::size_t count) : parents_(count) {
    std::iota(parents_.begin(), parents_.end(), std::size_t{0});
  }
  // The least of those that belong together with it.
  std::size_t first_of(std::size_t one) {
    while (parents_[one] != one) one = parents_[one] = parents_[parents_[one]];
    return one;
  }
  void join(std::size_t a, std::size_t b) {
    const std::size_t first = first_of(a);
    const std::size_t second = first_of(b);
    parents_[std::max(first, second)] = std::min(first, second);
  }

 private:
  std::vector<std::size_t> parents_;
};

const Value* value_in(const Merge::Input& input, const FieldName& field) {
  const auto found =
      std::lower_bound(input.fields.begin(), input.fields.end(), field,
                       [](const auto& each, const FieldName& name) { return each.first < name; });
  return found == input.fields.end() || found->first != field ? nullptr : &found->second;
}

// What a system that says nothing of a field shows counts as a blank.
bool shows(const Merge::Input& input, const FieldName& field, const Value& value) {
  const Value* shown = value_in(input, field);
  return shown ? same(*shown, value) : value.is_null();
}

NormalizedRecord unpacked(const Merge::Input& input) {
  return {input.id, input.modified, {input.fields.begin(), input.fields.end()}, input.problems};
}

// The fields that they do not all show alike, and what is decided together with those.
std::set<FieldName> disputed(const Entity& entity, const std::vector<const Merge::Input*>& inputs) {
  std::set<FieldName> names;
  std::set<std::string_view> groups;
  for (const auto& [name, field] : entity.fields) {
    const Value* first = value_in(*inputs.front(), name);
    const auto shows_it = [&, &name = name](const Merge::Input* input) {
      const Value* shown = value_in(*input, name);
      return first && shown ? same(*first, *shown) : first == shown;
    };
    if (std::all_of(inputs.begin(), inputs.end(), shows_it)) continue;
    names.insert(name);
    if (!field.group.empty()) groups.insert(field.group);
  }
  for (const auto& [name, field] : entity.fields) {
    if (groups.contains(field.group)) names.insert(name);
  }
  return names;
}

void put_winners(JsonText& out, const Survivors& survivors) {
  out.key("winners").open_object();
  for (const auto& [name, survivor] : survivors) {
    if (!survivor.field) continue;
    out.key(name.text).open_object();
    put(out, "system", survivor.field->system.text);
    put(out, "rule", survivor.field->rule);
    put(out, "why", survivor.field->why);
    out.close_object();
  }
  out.close_object();
}

using Changed = std::vector<std::pair<FieldName, const GoldenField*>>;

// SYSTEM: {FIELD: value} of those fields that it shows otherwise, if there are any.
void put_was(JsonText& out, const Merge::Input& input, const Changed& changed) {
  const auto shows_it = [&](const Changed::value_type& each) {
    return shows(input, each.first, each.second->value);
  };
  if (std::all_of(changed.begin(), changed.end(), shows_it)) return;
  out.key(input.system->name.text).open_object();
  for (const auto& [name, golden] : changed) {
    if (shows(input, name, golden->value)) continue;
    const Value* shown = value_in(input, name);
    out.key(name.text).node(shown ? to_json(*shown) : Json());
  }
  out.close_object();
}

}  // namespace

struct Merge::Parts {
  JsonText matched;
  std::map<SystemName, JsonText> only;
  JsonText ambiguous;
  std::uint64_t agreed = 0;
};

Result<Merge::Input> Merge::read(const System& system, std::size_t index, const Json& record,
                                 Transforms* transforms) const {
  if (!record.is_object()) return fail(Code::schema, "a record is a JSON object");
  NormalizedRecord read =
      normalize_record(*policy_, entity_, system.name, record, transforms, values_.get());
  Input input{&system, index, std::move(read.id), read.modified, {}, std::move(read.problems), {}};
  input.keys = match_keys(entity_, read.fields);
  input.fields.assign(read.fields.begin(), read.fields.end());
  return input;
}

Result<std::vector<Merge::Input>> Merge::read_list(const System& system, std::size_t from,
                                                   const Json& records, Transforms* transforms,
                                                   const std::string& pointer) const {
  if (!records.is_array()) return fail(Code::schema, "expected an array of records", pointer);
  std::vector<Input> inputs;
  inputs.reserve(records.size());
  for (const Json& record : records) {
    const std::size_t i = inputs.size();
    Result<Input> input = read(system, from + i, record, transforms);
    if (!input) {
      return fail(input.error().code, input.error().message, pointer + '/' + std::to_string(i));
    }
    inputs.push_back(std::move(*input));
  }
  return inputs;
}

void Merge::add(std::vector<Input> inputs) {
  groups_.reset();
  for (Input& input : inputs) {
    auto& of_system = inputs_[input.system->name];
    const std::size_t index = input.index;
    of_system.insert_or_assign(of_system.end(), index, std::move(input));
  }
}

std::size_t Merge::count() const {
  std::size_t count = 0;
  for (const auto& [system, of_system] : inputs_) count += of_system.size();
  return count;
}

std::vector<const Merge::Input*> Merge::all_inputs() const {
  std::vector<const Input*> all;
  all.reserve(count());
  for (const auto& [system, of_system] : inputs_) {
    for (const auto& [index, input] : of_system) all.push_back(&input);
  }
  return all;
}

bool Merge::told_apart(const Input& a, const Input& b, std::size_t tier) const {
  for (std::size_t before = 0; before < tier; ++before) {
    if (disagree(a.keys[before], b.keys[before])) return true;
  }
  return false;
}

// Tier by tier: two records belong together by a key unless an earlier key tells them apart.
void Merge::group() {
  if (groups_) return;
  const std::vector<const Input*> all = all_inputs();
  Sets sets(all.size());
  for (std::size_t tier = 0; tier < entity_.match.size(); ++tier) {
    std::unordered_map<std::string_view, std::size_t> first_holders;
    first_holders.reserve(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const std::string& key : all[i]->keys[tier]) {
        const std::size_t first = first_holders.try_emplace(key, i).first->second;
        if (first != i && !told_apart(*all[first], *all[i], tier)) sets.join(first, i);
      }
    }
  }
  groups_.emplace();
  std::vector<std::size_t> places(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t first = sets.first_of(i);
    if (first == i) {
      places[i] = groups_->size();
      groups_->emplace_back();
    }
    (*groups_)[places[first]].push_back(all[i]);
  }
}

void Merge::put_input(JsonText& out, const Input& input, bool with_record) const {
  out.open_object();
  put(out, "system", input.system->name.text);
  out.key("index").count(input.index);
  if (input.id)
    put(out, "id", input.id->text);
  else
    out.key("id").null();
  if (with_record) out.key("record").node(fields_json(unpacked(input).fields));
  if (!input.problems.empty()) out.key("errors").node(problems_json(input.problems));
  out.close_object();
}

void Merge::put_inputs(JsonText& out, const Group& group, bool with_record) const {
  out.key("inputs").open_array();
  for (const Input* input : group) put_input(out, *input, with_record);
  out.close_array();
}

// The fields in which some system shows another value than the merged one, or none.
bool Merge::put_changes(JsonText& out, const Survivors& survivors, const Group& group) const {
  Changed changed;
  for (const auto& [name, survivor] : survivors) {
    const Shared<GoldenField>& golden = survivor.field;
    const auto shows_it = [&, &name = name](const Input* input) {
      return shows(*input, name, golden->value);
    };
    if (!golden || std::all_of(group.begin(), group.end(), shows_it)) continue;
    changed.emplace_back(name, &*golden);
  }
  out.key("changed").open_object();
  for (const auto& [name, golden] : changed) out.key(name.text).node(to_json(golden->value));
  out.close_object().key("won_by").open_object();
  for (const auto& [name, golden] : changed) put(out, name.text, golden->system.text);
  out.close_object().key("was").open_object();
  for (const Input* input : group) put_was(out, *input, changed);
  out.close_object();
  return !changed.empty();
}

// Of the fields in `only`, or without it of all.
Survivors Merge::decide_group(const Group& group, const std::set<FieldName>* only) const {
  std::vector<SourceRecord> sources;
  for (const Input* input : group) {
    NormalizedRecord record = unpacked(*input);
    if (only) {
      std::erase_if(record.fields, [&](const auto& each) { return !only->contains(each.first); });
    }
    sources.push_back(source_of(*input->system, entity_, record, input->id.value_or(RecordId("0")),
                                std::nullopt));
  }
  return decide(*policy_, entity_, sources);
}

void Merge::put_match(Parts& parts, const Group& group) const {
  const bool only_changes = output_ == MergeOutput::changed;
  const bool is_clean = std::all_of(group.begin(), group.end(),
                                    [](const Input* input) { return input->problems.empty(); });
  // Where only changes are said, a field that all show alike is not asked about.
  std::optional<std::set<FieldName>> only;
  if (only_changes) only = disputed(entity_, group);
  if (only && only->empty() && is_clean) {
    ++parts.agreed;
    return;
  }
  const Survivors survivors = decide_group(group, only ? &*only : nullptr);
  const Json conflicts = conflicts_json(survivors);
  JsonText out;
  out.open_object();
  if (!only_changes) out.key("record").node(golden_json(survivors));
  if (output_ == MergeOutput::everything) {
    out.key("fields").node(decided_fields_json(survivors));
  } else if (output_ == MergeOutput::merged) {
    put_winners(out, survivors);
  } else if (!put_changes(out, survivors, group) && is_clean && conflicts.empty()) {
    ++parts.agreed;
    return;
  }
  out.key("conflicts").node(conflicts);
  put_inputs(out, group, output_ == MergeOutput::everything);
  out.close_object();
  parts.matched.raw(out.take());
}

void Merge::put_group(Parts& parts, const Group& group) const {
  const bool with_record = output_ != MergeOutput::changed;
  // Sorted by system: two of one system stand together, and nobody can say which is meant.
  const auto one_system = [](const Input* a, const Input* b) { return a->system == b->system; };
  if (std::adjacent_find(group.begin(), group.end(), one_system) != group.end()) {
    parts.ambiguous.open_object();
    put(parts.ambiguous, "why", "two records of one system share a match key");
    put_inputs(parts.ambiguous, group, with_record);
    parts.ambiguous.close_object();
    return;
  }
  if (group.size() > 1) return put_match(parts, group);
  put_input(parts.only[group.front()->system->name], *group.front(), with_record);
}

Merge::Page Merge::answer(std::size_t begin, std::size_t limit) const {
  const std::size_t end = std::min(groups_->size(), begin + std::min(limit, groups_->size()));
  Parts parts;
  for (std::size_t i = begin; i < end; ++i) put_group(parts, (*groups_)[i]);
  Page page;
  page.text = "\"matched\":[" + parts.matched.take() + "],\"only\":{";
  for (auto& [system, inputs] : parts.only) {
    if (page.text.back() != '{') page.text += ',';
    append_json_string(page.text, system.text);
    page.text += ":[" + inputs.take() + ']';
  }
  page.text +=
      "},\"ambiguous\":[" + parts.ambiguous.take() + "],\"agreed\":" + std::to_string(parts.agreed);
  if (end < groups_->size()) page.next = end;
  return page;
}

Result<MergeOrder> merge_order(const Policy& policy, const Json& body) {
  const auto entity = entity_of(policy, body);
  if (!entity) return tl::unexpected(entity.error());
  MergeOrder order{*entity, MergeOutput::everything};
  const Json* output = find_member(body, "output");
  if (!output || *output == "everything") return order;
  if (*output == "merged")
    order.output = MergeOutput::merged;
  else if (*output == "changed")
    order.output = MergeOutput::changed;
  else
    return fail(Code::schema, "'output' is everything, merged or changed", "/output");
  return order;
}

Result<std::string> merge_once(const PolicyPtr& policy, Transforms* transforms, const Json& body) {
  const auto order = merge_order(*policy, body);
  if (!order) return tl::unexpected(order.error());
  const Json* inputs = find_member(body, "inputs");
  if (!inputs) return fail(Code::schema, "'inputs' is missing", "/inputs");
  if (!inputs->is_object() || inputs->empty() || inputs->size() > systems_max) {
    return fail(Code::schema, "'inputs' is an object of 1 to 8 systems", "/inputs");
  }
  std::size_t count = 0;
  for (const auto& [name, records] : inputs->items()) count += records.size();
  if (count > records_max) {
    return fail(Code::batch_size,
                "at most 50000 records in one call; POST /v1/merges takes them page by page",
                "/inputs");
  }
  Merge merge(policy, *order->entity, order->output);
  for (const auto& [name, records] : inputs->items()) {
    const std::string pointer = pointer_join("/inputs", name);
    const auto system = merge.system(name, pointer);
    if (!system) return tl::unexpected(system.error());
    auto read = merge.read_list(**system, 0, records, transforms, pointer);
    if (!read) return tl::unexpected(read.error());
    merge.add(std::move(*read));
  }
  merge.group();
  return '{' + merge.answer(0, merge.count()).text + '}';
}

}  // namespace truce
