# Sourced by the scripts that build and test; the caller stands in the project's folder.
# shellcheck shell=bash

export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/truce/ccache}
# The same sources make the same objects, wherever the tree stands.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
mkdir -p "$CCACHE_DIR" build
jobs=$(nproc)
one_list=build/tests/CTestTestfile.cmake
listed_timeout_s=1500  # of what add_to_list and add_script list

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

# configure PRESET [CMAKE ARGUMENTS]
configure() {
  local preset=$1
  shift
  cmake --preset "$preset" "$@" >"build/$preset.log" 2>&1 ||
    { tail -n 40 "build/$preset.log" >&2; return 3; }
}

# Several build trees' tests in one list, so that one ctest runs them and one summary tells of them.
# begin_list PRESET: all tests of this tree.
begin_list() {
  mkdir -p build/tests
  printf 'subdirs([=[%s/build/%s]=])\n' "$PWD" "$1" >"$one_list"
}

# add_to_list PRESET ENVIRONMENT ARGUMENT TEST…: these tests of the tree, built and listed as PRESET.TEST, each
# called with the argument unless that is empty. What is no test of the tree is passed over.
add_to_list() {
  local preset=$1 environment=$2 argument=$3
  shift 3
  local targets wanted
  mapfile -t targets < <(tests_of "$preset" | jq -r '.tests[].name' |
    grep -Fx -f <(printf '%s\n' "$@") || true)
  [[ ${#targets[@]} -gt 0 ]] || return 0
  cmake --build "build/$preset" -j "$jobs" --target "${targets[@]}"
  wanted=$(printf '%s\n' "${targets[@]}" | jq -R . | jq -s .)
  # Asked again: ctest knows a program's command line only when the program is there.
  tests_of "$preset" | jq -r --arg preset "$preset" --arg environment "$environment" --arg timeout "$listed_timeout_s" \
    --arg argument "$argument" --argjson wanted "$wanted" '
    .tests[] | select(.name as $name | $wanted | index($name)) |
    "add_test([=[\($preset).\(.name)]=] " + ([(.command[], $argument | select(. != "")) | "[=[\(.)]=]"] | join(" ")) + ")",
    "set_tests_properties([=[\($preset).\(.name)]=] PROPERTIES TIMEOUT \($timeout) RUN_SERIAL TRUE ENVIRONMENT [=["
      + $environment + "]=])"' >>"$one_list"
}

# add_script NAME COMMAND…: a test that is a program of its own.
add_script() {
  local name=$1
  shift
  local command
  command=$(printf ' [=[%s]=]' "$@")
  {
    printf 'add_test([=[%s]=]%s)\n' "$name" "$command"
    printf 'set_tests_properties([=[%s]=] PROPERTIES TIMEOUT %s RUN_SERIAL TRUE)\n' "$name" "$listed_timeout_s"
  } >>"$one_list"
}

tests_of() { ctest --test-dir "build/$1" --show-only=json-v1; }

# The summary is the end of the output; the status is ctest's.
run_list() { ctest --test-dir build/tests -j "$jobs" --output-on-failure --no-tests=error "$@"; }
