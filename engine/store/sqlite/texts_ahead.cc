#include "engine/store/sqlite/texts_ahead.h"

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

namespace truce::sqlite {

TextsAhead::TextsAhead(std::size_t count, Make make)
    : make_(std::move(make)),
      texts_(count),
      states_(new std::atomic<State>[(count + chunk - 1) / chunk]()) {
  if (count < few) return;
  try {
    thread_ = std::thread([this] { make_all(); });
  } catch (const std::system_error&) {
    // take() makes them.
  }
}

TextsAhead::~TextsAhead() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

std::string TextsAhead::take(std::size_t place) {
  const std::size_t number = place / chunk;
  if (claim(number)) make_chunk(number);
  states_[number].wait(State::in_work);
  // What went wrong there goes wrong here, where somebody hears of it.
  if (states_[number] == State::failed) return make_(place);
  return std::move(texts_[place]);
}

void TextsAhead::make_all() {
  // The first chunk is wanted at once.
  for (std::size_t number = 1; number * chunk < texts_.size() && !stopping_; ++number) {
    if (!claim(number)) continue;
    try {
      make_chunk(number);
    } catch (const std::exception&) {
      states_[number] = State::failed;
      states_[number].notify_one();
    }
  }
}

bool TextsAhead::claim(std::size_t number) {
  State untouched = State::untouched;
  return states_[number].compare_exchange_strong(untouched, State::in_work);
}

void TextsAhead::make_chunk(std::size_t number) {
  const std::size_t end = std::min(texts_.size(), (number + 1) * chunk);
  for (std::size_t place = number * chunk; place < end; ++place) texts_[place] = make_(place);
  states_[number] = State::made;
  states_[number].notify_one();
}

}  // namespace truce::sqlite
