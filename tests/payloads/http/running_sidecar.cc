#include "tests/payloads/http/running_sidecar.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/payloads/recorded.h"

namespace truce::payloads_test {

namespace {

using std::chrono::steady_clock;

constexpr auto start_time_max = std::chrono::seconds(60);  // on a machine that builds beside it
constexpr auto stop_time_max = std::chrono::seconds(20);
constexpr int request_time_max_s = 60;

std::string fresh_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "truce-payloads-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  return name;
}

// Only what is safe between fork and exec.
[[noreturn]] void become_sidecar(int output, const std::vector<char*>& arguments) {
  dup2(output, STDOUT_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  execv(TRUCE_PROGRAM, arguments.data());
  _exit(127);
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

std::string system_of(const std::string& preset) { return preset.substr(0, preset.find('.')); }

RunningSidecar::RunningSidecar(const std::string& policy_file) : folder_(fresh_folder()) {
  std::vector<std::string> words = {
      "truce",      "serve",
      "--policy",   std::string(TRUCE_SOURCE_DIR) + "/workflows/policies/" + policy_file,
      "--db",       folder_ + "/truce.db",
      "--listen",   "127.0.0.1:0",
      "--drain-ms", "0"};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2] = {-1, -1};
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  process_ = fork();
  REQUIRE(process_ >= 0);
  if (process_ == 0) become_sidecar(ends[1], arguments);
  close(ends[1]);
  output_ = ends[0];
  wait_until_it_listens(output_);
}

// Its first line says where it listens and where its token is.
void RunningSidecar::wait_until_it_listens(int from_child) {
  const auto deadline = steady_clock::now() + start_time_max;
  std::string line;
  while (line.find('\n') == std::string::npos) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    REQUIRE(left.count() > 0);
    pollfd ready{from_child, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    char bytes[512];
    const auto count = read(from_child, bytes, sizeof bytes);
    REQUIRE(count > 0);
    line.append(bytes, static_cast<std::size_t>(count));
  }
  const auto said = parse_json(without_line_end(line.substr(0, line.find('\n'))));
  INFO(line);
  REQUIRE(said);
  const auto port = to_int64((*said)["port"]);
  REQUIRE(port);
  client_ = std::make_unique<httplib::Client>("127.0.0.1", static_cast<int>(*port));
  client_->set_read_timeout(request_time_max_s, 0);
  client_->set_default_headers(
      {{"Authorization",
        "Bearer " + without_line_end(text_of_file((*said)["token_file"].get<std::string>()))}});
}

RunningSidecar::~RunningSidecar() {
  if (process_ > 0) {
    kill(process_, SIGTERM);
    const auto deadline = steady_clock::now() + stop_time_max;
    while (waitpid(process_, nullptr, WNOHANG) == 0) {
      if (steady_clock::now() > deadline) {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  if (output_ >= 0) close(output_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

RunningSidecar::Answer RunningSidecar::post(const std::string& path, const Json& body) {
  const auto result = client_->Post(path, to_wire(body), "application/json");
  INFO("POST " << path << ": " << httplib::to_string(result.error()));
  REQUIRE(result);
  const auto parsed = parse_json(result->body);
  return {result->status, parsed ? *parsed : Json(result->body)};
}

RunningSidecar::Answer RunningSidecar::get(const std::string& path) {
  const auto result = client_->Get(path);
  INFO("GET " << path << ": " << httplib::to_string(result.error()));
  REQUIRE(result);
  const auto parsed = parse_json(result->body);
  return {result->status, parsed ? *parsed : Json(result->body)};
}

std::vector<Json> RunningSidecar::send(const std::string& preset, const Json& sent) {
  const auto answer =
      post("/v1/events", {{"preset", preset}, {"system", system_of(preset)}, {"payload", sent}});
  INFO(preset << ": " << to_wire(answer.body));
  REQUIRE(answer.status == 200);
  return answer.body["results"];
}

Json RunningSidecar::settle(const Json& delivery, const std::string& record_id) {
  Json result = {{"id", delivery["id"]}, {"attempt", delivery["attempt"]}, {"status", "delivered"}};
  if (!record_id.empty()) result["record_id"] = record_id;
  const auto answer =
      post("/v1/deliveries/settle", {{"results", Json::array({std::move(result)})}});
  INFO(to_wire(answer.body));
  REQUIRE(answer.status == 200);
  return answer.body["results"][0];
}

}  // namespace truce::payloads_test
