// The stores that the suite holds to engine/port/store.h. A new store joins the list in stores.cc.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/port/store.h"

namespace truce::contract {

// A directory that goes with its owner.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// An empty store with what it stands on.
class Fixture {
 public:
  explicit Fixture(std::string kind);
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  const std::string& kind() const { return kind_; }
  const std::filesystem::path& directory() const { return directory_.path(); }
  bool is_durable() const { return kind_ != "memory"; }
  // Closes and opens again. Durable ones only.
  void reopen();

 private:
  std::string kind_;
  TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
};

const std::vector<std::string>& store_kinds();

// Runs `work` in a transaction that must commit.
template <class Work>
void commit(Store& store, const Work& work);

}  // namespace truce::contract

#include <catch2/catch.hpp>

// A test case that runs once for every store, with `Fixture store`.
#define FOR_EVERY_STORE(store)                                                                    \
  truce::contract::Fixture store(GENERATE(                                                        \
      from_range(truce::contract::store_kinds().begin(), truce::contract::store_kinds().end()))); \
  CAPTURE(store.kind())

namespace truce::contract {

template <class Work>
void commit(Store& store, const Work& work) {
  const std::unique_ptr<Transaction> transaction = store.begin();
  work(*transaction);
  const Result<void> result = transaction->commit();
  if (!result) FAIL("commit: " << result.error().message);
}

}  // namespace truce::contract
