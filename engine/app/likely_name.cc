#include "engine/app/likely_name.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/app/shape.h"

namespace truce {
namespace {

constexpr std::size_t events_looked_at_max = 500;
constexpr Duration looked_back = Duration::of_ms(std::int64_t{7} * 86'400'000);
constexpr std::size_t stem_min = 4;  // characters that two words share at their beginning

using Shapes = std::map<std::string, std::string>;  // by path

// The words of a name: "dealStage" and "deal_stage" have the same.
std::set<std::string> words_of(const std::string& name) {
  std::set<std::string> words;
  std::string word;
  bool was_lower = false;
  const auto end_word = [&] {
    if (!word.empty()) words.insert(std::move(word));
    word.clear();
  };
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isupper(byte) && was_lower) end_word();
    was_lower = std::islower(byte) != 0;
    if (byte < 0x80 && !std::isalnum(byte)) {
      end_word();
    } else {
      word += static_cast<char>(std::tolower(byte));
    }
  }
  end_word();
  return words;
}

std::size_t shared_words(const std::string& a, const std::string& b) {
  std::size_t shared = 0;
  for (const std::string& one : words_of(a)) {
    for (const std::string& other : words_of(b)) {
      const std::size_t stem = std::min({one.size(), other.size(), stem_min + 1});
      shared += one == other || (stem >= stem_min && one.compare(0, stem, other, 0, stem) == 0);
    }
  }
  return shared;
}

std::string last_member(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

Shapes shapes_of(const Json& event, const std::map<std::string, const Field*>& mapped) {
  Shapes shapes;
  const Json* record = find_member(event, "record");
  if (!record || !record->is_object()) return shapes;
  for_each_place(*record, mapped, [&](const std::string& path, const Json& value) {
    shapes.emplace(path, shape_of(value));
  });
  return shapes;
}

}  // namespace

std::string likely_name(Context& context, const Arrival& arrival, const Field& field, Time since) {
  const SystemName& system = arrival.system.name;
  const auto mapped = paths_of(arrival.entity, system);
  Shapes appeared = shapes_of(json_of(arrival.raw), mapped);
  std::erase_if(appeared, [&](const auto& place) {
    return mapped.contains(place.first) || names_record(arrival.entity, system, place.first);
  });
  const std::string own_path = members_of(field.map.at(system).path);
  std::string own_shape;
  RawFilter filter;
  filter.received_at = since - looked_back;
  filter.limit = events_looked_at_max;
  for (const RawEvent& raw : context.store.list_raw(filter)) {
    if (raw.received_at >= since) break;
    if (raw.system != system || raw.entity != arrival.entity.name) continue;
    for (const auto& [path, shape] : shapes_of(json_of(raw.body), mapped)) {
      appeared.erase(path);
      if (path == own_path && shape != "null") own_shape = shape;
    }
  }
  // Known by its name, or, where none is like it, by its shape, if that says which.
  std::string best, of_shape;
  std::size_t most = 0, same_shape = 0;
  for (const auto& [path, shape] : appeared) {
    const std::size_t shared = std::max(shared_words(last_member(path), last_member(own_path)),
                                        shared_words(last_member(path), field.name.text));
    if (shared > most) {
      best = path;
      most = shared;
    }
    if (shape != own_shape) continue;
    of_shape = path;
    ++same_shape;
  }
  if (!best.empty()) return best;
  return same_shape == 1 ? of_shape : "";
}

}  // namespace truce
