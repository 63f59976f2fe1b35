// Room kept back for the moment when the disk is full: answers to the operator's questions and what
// makes room must still be written then. Whoever writes first has it, so the process should refuse
// new events while the store says `store-full`.
#pragma once

#include <cstdint>
#include <string>

namespace truce::sqlite {

class Ballast {
 public:
  // bytes 0: none is kept.
  Ballast(std::string path, std::uint64_t bytes);
  // The disk is full.
  void drop();
  // A commit went well: makes it again where there is room for it several times over.
  void renew();

 private:
  void make();

  std::string path_;
  std::uint64_t bytes_;
  bool dropped_ = false;
};

}  // namespace truce::sqlite
