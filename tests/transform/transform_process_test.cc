#include "engine/transform/transform_process.h"

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/core/policy/transform_vetting.h"

namespace truce {
namespace {

Json json_of(const char* text) { return *parse_json(text); }

std::string answer_of(Transforms& transforms, const std::string& program, const char* input) {
  const Result<Json> answer = transforms.run(program, json_of(input));
  if (!answer) return "(" + std::string(to_string(answer.error().code)) + ")";
  return answer->is_discarded() ? "(nothing)" : to_wire(*answer);
}

std::string message_of(Transforms& transforms, const std::string& program, const char* input) {
  const Result<Json> answer = transforms.run(program, json_of(input));
  return answer ? "(no problem)" : answer.error().message;
}

TEST_CASE("a transform gives the first answer of its program") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  CHECK(answer_of(transforms, ".first + \" \" + .last", R"({"first":"Rose","last":"Gonzalez"})") ==
        R"("Rose Gonzalez")");
  CHECK(answer_of(transforms, ".a[]", R"({"a":[true,false]})") == "true");
  CHECK(answer_of(transforms, "empty", "{}") == "(nothing)");
  CHECK(answer_of(transforms, ".a", "{}") == "null");
  CHECK(answer_of(transforms, "{b: [.a, null]}", R"({"a":"\u00e9\n"})") ==
        "{\"b\":[\"\u00E9\\n\",null]}");
  CHECK(answer_of(transforms, ".d | strptime(\"%d.%m.%Y\") | mktime | todate",
                  R"({"d":"20.05.2026"})") == R"("2026-05-20T00:00:00Z")");
  CHECK(answer_of(transforms, ".t | tonumber | strftime(\"%Y-%m-%d\")", R"({"t":86400})") ==
        R"("1970-01-02")");
}

TEST_CASE("numbers keep their digits through a transform") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  CHECK(answer_of(transforms, ".n", R"({"n":9007199254740993})") == R"("9007199254740993")");
  CHECK(answer_of(transforms, ".n", R"({"n":1.10})") == R"("1.10")");
  CHECK(answer_of(transforms, ".n", R"({"n":[12345678901234567.89]})") ==
        R"(["12345678901234567.89"])");
  CHECK(answer_of(transforms, ".n | length", R"({"n":["a","b"]})") == "2");
}

TEST_CASE("a program that does not compile or fails says why") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  CHECK(answer_of(transforms, ".a |", "{}") == "(transform-failed)");
  CHECK(message_of(transforms, ".a |", "{}").find("does not compile") != std::string::npos);
  CHECK(answer_of(transforms, ".a + 1", R"({"a":"x"})") == "(transform-failed)");
  CHECK(message_of(transforms, "error(\"no such country\")", "{}").find("no such country") !=
        std::string::npos);
  CHECK(answer_of(transforms, "\"\\u0000\"", "{}") == "(transform-failed)");
  CHECK(answer_of(transforms, "[limit(200; repeat(\"0123456789\" * 1000))]", "{}") ==
        "(transform-failed)");
  CHECK(answer_of(transforms, ".", "{}") == "{}");
}

TEST_CASE("row 114: a program that is not vetted still reaches nothing outside") {
  setenv("TRUCE_TEST_SECRET", "sesame", 1);
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  CHECK(answer_of(transforms, "$ENV", "{}") == "{}");
  CHECK(answer_of(transforms, "env | length", "{}") == "0");
  CHECK(answer_of(transforms, "input", "{}") == "(transform-failed)");
  CHECK(answer_of(transforms, "[inputs]", "{}") == "[]");
  CHECK(answer_of(transforms, "include \"x\"; .", "{}") == "(transform-failed)");
  CHECK(answer_of(transforms, "import \"/etc/passwd\" as $x; $x", "{}") == "(transform-failed)");
  CHECK(answer_of(transforms, "halt", "{}") == "(transform-failed)");
  CHECK(answer_of(transforms, "\"x\" | halt_error", "{}") == "(transform-failed)");
  CHECK(answer_of(transforms, "debug", R"({"a":"b"})") == R"({"a":"b"})");
  CHECK(answer_of(transforms, "input_filename", "{}") == "null");
  CHECK(answer_of(transforms, ".", R"({"still":"there"})") == R"({"still":"there"})");
  unsetenv("TRUCE_TEST_SECRET");
}

TEST_CASE("row 115: a program that loops is stopped in bounded time") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  for (const char* program : {"last(range(1e12))", "def f: f; f", "[range(1e9)] | length",
                              "until(false; .)", "last(repeat(1))"}) {
    CAPTURE(program);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(answer_of(transforms, program, "{}") == "(transform-timeout)");
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
  }
}

TEST_CASE("row 115: a program that takes all memory is stopped, and this process lives") {
  TransformProcess transforms(
      TRUCE_JQ_PROGRAM, {.cpu = Duration::of_ms(60'000), .run_wall = Duration::of_ms(60'000)});
  const std::string code = answer_of(transforms, "\"0123456789\" * 100000000 | length", "{}");
  CHECK(code == "(transform-timeout)");
  CHECK(answer_of(transforms, ".[1000000000] = 1", "[]") == "(transform-timeout)");
  CHECK(answer_of(transforms, ".a", R"({"a":"b"})") == R"("b")");
}

TEST_CASE("a program that crashes jq harms only its own run") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  for (int round = 0; round < 5; ++round) {
    const std::string program = "1e18 | strftime(\"%Y\")";  // a failed assertion of libjq 1.6
    CHECK(message_of(transforms, program, "[]").find("crashed") != std::string::npos);
    CHECK(answer_of(transforms, ".a", R"({"a":"b"})") == R"("b")");
  }
}

TEST_CASE("a child that does not answer is killed at the wall clock") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM,
                              {.cpu = Duration::of_ms(60'000), .run_wall = Duration::of_ms(100)});
  CHECK(answer_of(transforms, "last(range(1e12))", "{}") == "(transform-timeout)");
  CHECK(answer_of(transforms, "1", "{}") == "1");
}

TEST_CASE("neighbours of a program that is killed are unharmed") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  std::atomic<int> right{0};
  std::atomic<int> stopped{0};
  std::mutex mutex;
  std::vector<std::string> problems;  // guarded by mutex
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (int run = 0; run < 20; ++run) {
        const std::string number = std::to_string(thread * 1000 + run);
        if (thread == 0 && run % 5 == 0) {
          stopped += !transforms.run("last(range(1e12))", Json::object());
        } else {
          const Result<Json> answer = transforms.run(".n", Json{{"n", number}});
          right += answer && *answer == number;
          if (!answer) {
            const std::lock_guard lock(mutex);
            problems.push_back(answer.error().message);
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(problems == std::vector<std::string>{});
  // Each child has outlived the thread that started it.
  CHECK(answer_of(transforms, ".a", R"({"a":"b"})") == R"("b")");
  CHECK(right == 6 * 20 - 4);
  CHECK(stopped == 4);
}

TEST_CASE("more programs than stay compiled all work") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM, {.children = 1});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 20; ++i) {
      const std::string number = std::to_string(i);
      CHECK(answer_of(transforms, ".a + \"" + number + "\"", R"({"a":"x"})") ==
            "\"x" + number + "\"");
    }
  }
}

TEST_CASE("a large record goes through, a larger one is refused") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  const Result<Json> large = transforms.run(".a | length", Json{{"a", std::string(8 << 20, 'x')}});
  REQUIRE(large);
  CHECK(to_wire(*large) == "8388608");
  const Result<Json> larger = transforms.run(".a", Json{{"a", std::string(17 << 20, 'x')}});
  REQUIRE_FALSE(larger);
  CHECK(larger.error().code == Code::transform_failed);
}

TEST_CASE("a missing helper is a failed transform that names it") {
  TransformProcess transforms("/nonexistent/truce-jq");
  for (int run = 0; run < 10; ++run) {
    const Result<Json> answer = transforms.run(".", Json::object());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Code::transform_failed);
    CHECK(answer.error().message.find("/nonexistent/truce-jq") != std::string::npos);
  }
}

TEST_CASE("what the linter lets pass runs") {
  TransformProcess transforms(TRUCE_JQ_PROGRAM);
  for (const char* program :
       {".input", "{env: .a, debug: 1}", "\"input \\(.a) halt\"", ".a | ascii_downcase",
        "[.a, \"$ENV\"] | join(\"-\")", "if .a == \"b\" then \"B\" else empty end"}) {
    CAPTURE(program);
    CHECK_FALSE(refusal_of_program(program));
    CHECK(answer_of(transforms, program, R"({"a":"b"})").front() != '(');
  }
}

}  // namespace
}  // namespace truce
