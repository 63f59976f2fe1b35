#include "tests/api/support/truce_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/api/support/reference.h"

namespace truce::test {

namespace {

constexpr int start_timeout_ms = 60'000;

pid_t spawn(const std::vector<std::string>& command, int out, const std::string& err_path) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int err = open(err_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

// The first line that comes through, or what came before the end.
std::string read_line(int descriptor) {
  std::string line;
  char c = 0;
  pollfd waiting{descriptor, POLLIN, 0};
  while (poll(&waiting, 1, start_timeout_ms) > 0 && read(descriptor, &c, 1) == 1) {
    if (c == '\n') break;
    line += c;
  }
  return line;
}

}  // namespace

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "truce-api-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& content) const {
  std::ofstream(path(name)) << content;
}

std::string read_file(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

Ended run_truce(const std::vector<std::string>& arguments) {
  const Folder folder;
  const int out = open(folder.path("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  std::vector<std::string> command = {TRUCE_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const pid_t pid = spawn(command, out, folder.path("err"));
  close(out);
  int status = 0;
  waitpid(pid, &status, 0);
  Ended ended;
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  ended.out = read_file(folder.path("out"));
  ended.err = read_file(folder.path("err"));
  return ended;
}

std::string Reply::code() const {
  const Json* member = find_member(body, "code");
  return member == nullptr ? "" : scalar_text(*member).value_or("");
}

TruceProcess::TruceProcess(const Folder& folder, std::vector<std::string> more_arguments, Wrap wrap)
    : folder_(folder) {
  std::vector<std::string> command = {
      TRUCE_PROGRAM,           "serve",    "--policy",   folder.path("policy.json"), "--db",
      folder.path("truce.db"), "--listen", "127.0.0.1:0"};
  const auto drain = std::find(more_arguments.begin(), more_arguments.end(), "--drain-ms");
  if (drain == more_arguments.end()) {
    more_arguments.push_back("--drain-ms");
    more_arguments.push_back("0");
  }
  command.insert(command.end(), more_arguments.begin(), more_arguments.end());
  if (wrap) command = wrap(std::move(command));
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  child_ = spawn(command, ends[1], folder.path("log"));
  close(ends[1]);
  const Json line = parse_json(read_line(ends[0])).value_or(Json());
  close(ends[0]);
  if (!line.is_object()) return;
  port_ = static_cast<int>(to_int64(line.at("port")).value_or(0));
  pid_ = static_cast<pid_t>(to_int64(line.at("pid")).value_or(0));
  token_ = read_file(line.at("token_file").get<std::string>());
  while (!token_.empty() && token_.back() == '\n') token_.pop_back();
}

TruceProcess::~TruceProcess() {
  for (const std::string& fault : faults_of_reference()) FAIL_CHECK(fault);
  if (child_ <= 0) return;
  if (pid_ > 0) kill(pid_, SIGKILL);
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

std::string TruceProcess::log() const { return read_file(folder_.path("log")); }

void TruceProcess::signal(int number) const { kill(pid_, number); }

int TruceProcess::wait() {
  int status = 0;
  if (child_ <= 0 || waitpid(child_, &status, 0) != child_) return -1;
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Reply TruceProcess::send(const std::string& method, const std::string& target,
                         const std::string& body, const std::string& content_type) const {
  return Client(port_, token_).send(method, target, body, content_type);
}

Json TruceProcess::ingest(const Json& event) const {
  const Reply reply = post("/v1/events", event);
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  REQUIRE(reply.body.at("results").size() == 1);
  return reply.body.at("results").at(0);
}

Json as_first(Json result) {
  result.erase("index");
  result.erase("event");
  return result;
}

std::vector<Json> TruceProcess::audit() const {
  std::vector<Json> entries;
  std::string after = "0";
  while (true) {
    const Reply page = get("/v1/audit?limit=1000&after=" + after);
    REQUIRE(page.status == 200);
    for (const Json& entry : page.body.at("entries")) entries.push_back(entry);
    if (page.body.at("next").is_null()) return entries;
    after = page.body.at("next").get<std::string>();
  }
}

Client::Client(int port, std::string token)
    : client_(std::make_unique<httplib::Client>("127.0.0.1", port)), token_(std::move(token)) {
  client_->set_keep_alive(true);
  client_->set_connection_timeout(5);
  client_->set_read_timeout(60);
  client_->set_tcp_nodelay(true);
}

Reply Client::send(const std::string& method, const std::string& target, const std::string& body,
                   const std::string& content_type) {
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.body = body;
  request.headers = {{"Authorization", "Bearer " + token_}};
  if (!body.empty()) request.headers.emplace("Content-Type", content_type);
  const httplib::Result result = client_->send(request);
  if (!result) return {};
  Reply reply;
  reply.status = result->status;
  reply.text = result->body;
  reply.headers = result->headers;
  // As an ordinary client reads it; what must keep its digits comes as text.
  reply.body = Json::parse(result->body, nullptr, false);
  if (reply.body.is_discarded()) reply.body = nullptr;
  compare_with_reference(method, target, reply);
  return reply;
}

}  // namespace truce::test
