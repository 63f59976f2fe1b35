#include "engine/core/policy/transform_vetting.h"

#include <catch2/catch.hpp>

namespace truce {

TEST_CASE("a program that only works on its input may run") {
  for (const char* program : {".",
                              ".name",
                              ".env",
                              ".env.input",
                              ".a.b[0]?",
                              ".\"env\"",
                              ".[\"env\"]",
                              "\"env\"",
                              "\"$ENV\"",
                              "{env: 1}",
                              "{a: 1, env}",
                              "{env}",
                              "{input: .x, debug: .y}",
                              "{a: {env: 1}}",
                              "{\"a\": (1, 2), now: 3}",
                              ".environment",
                              "envy",
                              "$x",
                              ". as $env | $env",
                              "[.[] | select(.primary) | .value] | first",
                              ".a # env\n",
                              "\"\\(.name) \\(.env)\"",
                              "if .a then .b else .c end",
                              "{if: 1, end: 2}",
                              ".a // \"none\"",
                              "@base64 \"x\\(.a)\"",
                              "\"a \\\" env\"",
                              "reduce .[] as $x (0; . + $x)",
                              "{(.key): .value}",
                              "ltrimstr(\"env\")"}) {
    INFO(program);
    CHECK(refusal_of_program(program).value_or("") == "");
  }
}

TEST_CASE("a program that reaches outside its input is refused (row 114)") {
  for (const char* program : {"env",
                              "env.HOME",
                              "$ENV",
                              "$ENV.PATH",
                              "$ ENV",
                              "$\n# x\nENV",
                              "$__prog_args",
                              "input",
                              "inputs",
                              "[., input]",
                              "first(inputs)",
                              "debug",
                              ".a | debug",
                              "debug(\"x\")",
                              "stderr",
                              "halt",
                              "halt_error",
                              "\"x\" | halt_error(1)",
                              "include \"x\"; .",
                              "import \"x\" as x; x::f",
                              "x::f",
                              "x::env",
                              "input_filename",
                              "input_line_number",
                              "get_search_list",
                              "modulemeta",
                              "now",
                              "localtime",
                              "strflocaltime(\"%H\")",
                              "\"\\(env)\"",
                              "\"a\\(\"b\\(env)\")\"",
                              "{a: env}",
                              "{(env): 1}",
                              "{a: (1, env)}",
                              "{a: [1, env]}",
                              "{a: 1 | env}",
                              "..env",
                              ". env",
                              "def f: env; f",
                              "{a: if true then 1, env, 2 else 3 end}",
                              "{a: if 1 then {b: 1}, env end}",
                              "if true then env else . end",
                              ".a#\nenv",
                              "[env]",
                              "(env)",
                              "-env",
                              "1,env",
                              "env|length",
                              "@json \"\\(env)\""}) {
    INFO(program);
    CHECK(refusal_of_program(program));
  }
}

TEST_CASE("a program that no jq could read is refused") {
  for (const char* program : {"", " ", "\n", "(", ")", "(]", "{", "\"", "\"\\(", "\"\\(1", "[(])",
                              "if . then 1", "end", "\"\\", ". \x01", ".\r"}) {
    INFO(program);
    CHECK(refusal_of_program(program));
  }
}

TEST_CASE("programs are bounded in length and nesting") {
  CHECK_FALSE(refusal_of_program("." + std::string(4'095, ' ')));
  CHECK(refusal_of_program("." + std::string(4'096, ' ')));
  CHECK_FALSE(refusal_of_program(std::string(64, '(') + "." + std::string(64, ')')));
  CHECK(refusal_of_program(std::string(65, '(') + "." + std::string(65, ')')));
}

TEST_CASE("a refusal names what is refused") {
  CHECK(refusal_of_program(".a | env") == "env reads something other than the record");
  CHECK(refusal_of_program("$ENV.HOME") == "$ENV reads something other than the record");
  CHECK(refusal_of_program("now") == "now gives another answer at another time or place");
  CHECK(refusal_of_program("(.a") == "a ( is never closed");
}

}  // namespace truce
