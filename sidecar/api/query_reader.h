// Reads a request's query parameters, and remembers the first thing that is wrong with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model/error.h"
#include "engine/core/model/json.h"
#include "engine/core/model/time.h"
#include "sidecar/http/request.h"

namespace truce::api {

inline constexpr std::size_t list_limit_default = 100;
inline constexpr std::size_t list_limit_max = 1000;

class QueryReader {
 public:
  explicit QueryReader(const HttpRequest& request) : request_(request) {}

  std::string text(std::string_view name) const;                // empty where there is none
  std::vector<std::string> words(std::string_view name) const;  // "a,b"
  std::optional<bool> flag(std::string_view name);
  std::optional<std::int64_t> whole(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<Time> time(std::string_view name);  // RFC 3339 or epoch milliseconds
  // `limit`: 1 to 1000, 100 where it is not given.
  std::size_t limit();
  // `after`: the `next` of the page before; 0 where it is not given.
  std::uint64_t after();
  // One of an enum's names; `from` gives nullopt for any other word.
  template <class Enum>
  std::optional<Enum> word(std::string_view name, std::optional<Enum> (*from)(std::string_view)) {
    const std::string spelled = text(name);
    if (spelled.empty()) return std::nullopt;
    const std::optional<Enum> value = from(spelled);
    if (!value) note(name, "no such " + std::string(name));
    return value;
  }

  const std::optional<Problem>& problem() const { return problem_; }

 private:
  void note(std::string_view name, std::string message);

  const HttpRequest& request_;
  std::optional<Problem> problem_;
};

// {"<name>": items, "next": …}. `items` were read with one more than `limit`, which is taken off
// again; `sequence_of_last` is asked for the last one that stays.
template <class Item, class Render>
Json page_of(const char* name, std::vector<Item> items, std::size_t limit, const Render& render) {
  const bool more = items.size() > limit;
  if (more) items.resize(limit);
  Json rendered = Json::array();
  for (const Item& item : items) rendered.push_back(render(item));
  Json next = more ? Json(std::to_string(items.back().sequence)) : Json(nullptr);
  return {{name, std::move(rendered)}, {"next", std::move(next)}};
}

}  // namespace truce::api
