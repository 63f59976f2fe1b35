// Texts that are made on a second thread while the first one uses those before them: a large
// transaction's rows are rendered while SQLite takes them in.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace truce::sqlite {

// Each text is made once, by whichever of the two threads comes to it first. `make` is called by
// both and must not change anything that the other sees. Where there is no second thread to be had,
// or few texts to be made, the first one makes them all.
class TextsAhead {
 public:
  static constexpr std::size_t chunk = 8;         // texts that one thread makes at a time
  static constexpr std::size_t few = 4 * chunk;   // fewer are made sooner than a thread begins

  using Make = std::function<std::string(std::size_t)>;
  TextsAhead(std::size_t count, Make make);
  ~TextsAhead();

  TextsAhead(const TextsAhead&) = delete;
  TextsAhead& operator=(const TextsAhead&) = delete;

  // In ascending order, each once. Throws what `make` throws.
  std::string take(std::size_t place);

 private:
  enum class State : unsigned char { untouched, in_work, made, failed };

  void make_all();
  bool claim(std::size_t number);
  void make_chunk(std::size_t number);

  const Make make_;
  std::vector<std::string> texts_;
  std::unique_ptr<std::atomic<State>[]> states_;  // by chunk
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace truce::sqlite
