// Values that were read before: what comes again, from any of the systems, is not read again and
// shares the value, so that many records of many systems fit into memory. For as long as one job
// takes: none is forgotten, and beyond a million no more are noted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_set>

#include "engine/core/normalize/normalize.h"

namespace truce {

// Of one policy, which has to outlive it. Thread-safe.
class ReadValues : public KnownValues {
 public:
  Result<Value> read(const System& system, const Field& field, const MapEntry& entry,
                     const Json& raw) override;

 private:
  // Values whose text is the raw one, by that text and by who reads it.
  struct Key {
    Key(std::uintptr_t key_reader, std::string_view key_text);

    std::uintptr_t reader;
    std::string_view text;
    std::size_t hash;
  };
  struct Known {
    std::uintptr_t reader;
    std::size_t hash;
    Value value;

    bool is_of(const Key& key) const {
      return hash == key.hash && reader == key.reader && value.text() == key.text;
    }
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const { return key.hash; }
    std::size_t operator()(const Known& known) const { return known.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Known& known, const Key& key) const { return known.is_of(key); }
    bool operator()(const Key& key, const Known& known) const { return known.is_of(key); }
    bool operator()(const Known& a, const Known& b) const {
      return a.hash == b.hash && a.reader == b.reader && a.value.text() == b.value.text();
    }
  };
  struct Shard {
    static constexpr std::size_t values_max = 32'768;  // pages that come again bring others

    std::mutex mutex;
    std::unordered_set<Known, Hash, Equal> values;
  };

  std::array<Shard, 32> shards_;
};

}  // namespace truce
