// Ids are types: a system's name cannot be passed where a record's id is meant.
#pragma once

#include <compare>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/core/model/name.h"

namespace truce {

// Whether such an id is a name out of a policy, see Name.
template <class Tag>
inline constexpr bool holds_name =
    std::is_same_v<Tag, struct SystemTag> || std::is_same_v<Tag, struct EntityTag> ||
    std::is_same_v<Tag, struct FieldTag>;

template <class Tag>
struct Id {
  using Text = std::conditional_t<holds_name<Tag>, Name, std::string>;
  Text text;

  Id() = default;
  explicit Id(Text id_text) : text(std::move(id_text)) {}
  explicit Id(std::string_view name) requires holds_name<Tag> : text(name) {}
  bool empty() const { return text.empty(); }
  auto operator<=>(const Id&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text; }
};

using SystemName = Id<SystemTag>;             // "hubspot"
using EntityName = Id<EntityTag>;             // "contact"
using FieldName = Id<FieldTag>;               // canonical field name, "email"
using RecordId = Id<struct RecordTag>;        // a system's own id of a record, as text
using GoldenId = Id<struct GoldenTag>;        // our id of a golden record
using DeliveryId = Id<struct DeliveryTag>;    // our id of one intended write
using ExceptionId = Id<struct ExceptionTag>;  // our id of an operator's item
using DecisionId = Id<struct DecisionTag>;
using RunId = Id<struct RunTag>;  // our id of one reconciliation

// SHA-256 in hex, see event_key in the contract. Every field that an event shows tells of it, so
// copies share one text.
class EventKey {
 public:
  EventKey() = default;
  explicit EventKey(std::string text)
      : text_(text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text))) {}

  const std::string& text() const {
    static const std::string nothing;
    return text_ ? *text_ : nothing;
  }
  bool empty() const { return !text_; }
  friend bool operator==(const EventKey& a, const EventKey& b) {
    return a.text_ == b.text_ || a.text() == b.text();
  }
  friend auto operator<=>(const EventKey& a, const EventKey& b) { return a.text() <=> b.text(); }
  friend std::ostream& operator<<(std::ostream& out, const EventKey& key) {
    return out << key.text();
  }

 private:
  std::shared_ptr<const std::string> text_;  // null: empty
};

}  // namespace truce

template <class Tag>
struct std::hash<truce::Id<Tag>> {
  std::size_t operator()(const truce::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text);
  }
};
