// A document that a store gives back, for reading only: rows of ours, several read for each event.
// Views into one buffer instead of a tree of copies.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/core/model/error.h"
#include "engine/core/model/json.h"

namespace truce {

// One value. What is in it stands behind it, in the order of the text.
struct StoredNode {
  enum class Kind : std::uint8_t { null, boolean, number, text, array, object };

  class Iterator {
   public:
    explicit Iterator(const StoredNode* at) : at_(at) {}
    const StoredNode& operator*() const { return *at_; }
    Iterator& operator++() {
      at_ += at_->span;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const StoredNode* at_;
  };

  // The members of an object, the elements of an array; none of other kinds.
  Iterator begin() const { return Iterator(this + 1); }
  Iterator end() const { return Iterator(this + span); }
  // The member, or nullptr where this is no object or has none.
  const StoredNode* find(std::string_view name) const;

  Kind kind = Kind::null;
  std::uint32_t count = 0;  // members or elements
  std::size_t span = 1;     // nodes from this one to the one behind all that is in it
  std::string_view key;     // of a member, unescaped
  std::string_view text;    // unescaped; of a number its characters
  bool truth = false;       // of a boolean
};

class StoredDocument {
 public:
  // Fails with Code::store_corrupt where the text is no JSON object or array, or is nested deeper
  // than JsonLimits::of_store() allows.
  static Result<StoredDocument> parse(std::string_view text);

  StoredDocument();  // null
  StoredDocument(StoredDocument&&) noexcept;
  StoredDocument& operator=(StoredDocument&&) noexcept;
  ~StoredDocument();

  // Good as long as the document.
  const StoredNode& root() const;

 private:
  struct Content;
  explicit StoredDocument(std::unique_ptr<Content> content);

  std::unique_ptr<Content> content_;
};

// As a document that is passed on; numbers keep their characters.
Json to_json(const StoredNode& node);

}  // namespace truce
