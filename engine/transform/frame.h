// What truce and truce-jq say to each other over a socket pair. Both are of one build on one
// machine: plain structs, native byte order.
//
//   truce:     RequestHead, the program, the input document
//   truce-jq:  `ready` once the program is compiled and the input is read,
//              then AnswerHead and that many bytes: the first answer as JSON, or why there is none
#pragma once

#include <cstdint>

namespace truce::frame {

struct RequestHead {
  std::uint32_t program_bytes = 0;
  std::uint32_t input_bytes = 0;
};

enum class Status : std::uint8_t { value = 1, nothing = 2, failed = 3 };

struct AnswerHead {
  Status status = Status::failed;
  std::uint8_t retires = 0;  // 1: the child ends after this answer, having used enough of its CPU
  std::uint8_t unused[2] = {};
  std::uint32_t bytes = 0;
};

inline constexpr char ready = 'r';
// Begins the answer about a program that fails whatever its input is.
inline constexpr char does_not_compile[] = "does not compile: ";
inline constexpr std::uint32_t most_program_bytes = 4 * 1024;
inline constexpr std::uint32_t most_input_bytes = 16 * 1024 * 1024;
inline constexpr std::uint32_t most_answer_bytes = 1024 * 1024;

// How the child ends when a limit is reached that it sees itself.
inline constexpr int exit_not_confined = 78;
inline constexpr int exit_out_of_memory = 77;

}  // namespace truce::frame
