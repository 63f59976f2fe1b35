#include "engine/store/sqlite/texts_ahead.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace truce::test {
namespace {

using sqlite::TextsAhead;

TEST_CASE("texts come in their order, each made once, however many there are") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, TextsAhead::chunk,
                                  TextsAhead::few - 1, TextsAhead::few, std::size_t{1001}}) {
    std::vector<std::atomic<int>> made(count);
    TextsAhead texts(count, [&](std::size_t place) {
      ++made[place];
      return std::to_string(place);
    });
    bool in_order = true;
    for (std::size_t i = 0; i < count; ++i) in_order &= texts.take(i) == std::to_string(i);
    CHECK(in_order);
    bool once = true;
    for (const std::atomic<int>& times : made) once &= times == 1;
    CHECK(once);
  }
}

TEST_CASE("a second thread makes what nobody has asked for yet") {
  const std::thread::id here = std::this_thread::get_id();
  std::promise<void> came;
  std::atomic<bool> has_come = false;
  TextsAhead texts(TextsAhead::few, [&](std::size_t place) {
    if (std::this_thread::get_id() != here && !has_come.exchange(true)) came.set_value();
    return std::to_string(place);
  });
  came.get_future().wait();
  for (std::size_t i = 0; i < TextsAhead::few; ++i) CHECK(texts.take(i) == std::to_string(i));
}

TEST_CASE("what cannot be made there is made here, and goes wrong here") {
  const std::thread::id here = std::this_thread::get_id();
  TextsAhead texts(TextsAhead::few, [&](std::size_t place) {
    if (std::this_thread::get_id() != here) throw std::runtime_error("there");
    if (place == TextsAhead::few - 1) throw std::runtime_error("here");
    return std::to_string(place);
  });
  for (std::size_t i = 0; i + TextsAhead::chunk < TextsAhead::few; ++i) {
    CHECK(texts.take(i) == std::to_string(i));
  }
  CHECK_THROWS_WITH(texts.take(TextsAhead::few - 1), "here");
}

TEST_CASE("texts that nobody takes any more keep nobody waiting") {
  std::atomic<std::size_t> made = 0;
  {
    TextsAhead texts(100'000, [&](std::size_t) {
      ++made;
      return std::string(100, 'a');
    });
    CHECK(texts.take(0).size() == 100);
  }
  CHECK(made < 100'000);
}

}  // namespace
}  // namespace truce::test
