// A running `truce serve` in a folder of its own, and commands beside it.
#pragma once

#include <httplib.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/model/json.h"

namespace truce::test {

// A new folder under the system's temporary one; removed with everything in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};
std::string read_file(const std::string& path);

struct Ended {
  int exit_code = -1;  // -1: by a signal
  std::string out;
  std::string err;
};
// Runs `truce` with these arguments to its end.
Ended run_truce(const std::vector<std::string>& arguments);

struct Reply {
  int status = 0;  // 0: no reply came
  Json body;       // null when it is not JSON
  std::string text;
  httplib::Headers headers;

  std::string code() const;  // of a problem document
};

// Lets a test wrap the command line: strace, sh -c "ulimit …".
using Wrap = std::function<std::vector<std::string>(std::vector<std::string>)>;

class TruceProcess {
 public:
  // Starts on `folder`/truce.db with `folder`/policy.json and waits until it listens.
  explicit TruceProcess(const Folder& folder, std::vector<std::string> more_arguments = {},
                        Wrap wrap = nullptr);
  ~TruceProcess();  // kill -9 if it still runs
  TruceProcess(const TruceProcess&) = delete;
  TruceProcess& operator=(const TruceProcess&) = delete;

  bool listens() const { return port_ != 0; }
  int port() const { return port_; }
  pid_t pid() const { return pid_; }  // of truce itself, also when it was wrapped
  const std::string& token() const { return token_; }
  std::string log() const;

  void signal(int number) const;
  // Waits for its end; the exit code, or 128 + the signal.
  int wait();

  Reply get(const std::string& target) const { return send("GET", target); }
  Reply post(const std::string& target, const Json& body) const {
    return send("POST", target, to_wire(body));
  }
  Reply put(const std::string& target, const Json& body) const {
    return send("PUT", target, to_wire(body));
  }
  Reply send(const std::string& method, const std::string& target, const std::string& body = {},
             const std::string& content_type = "application/json") const;

  // One event; its outcome.
  Json ingest(const Json& event) const;
  // Every entry of the audit trail.
  std::vector<Json> audit() const;

 private:
  const Folder& folder_;
  pid_t child_ = -1;
  pid_t pid_ = -1;
  int port_ = 0;
  std::string token_;
};

// A result as the `first` of a later duplicate shows it: without its place in the request.
Json as_first(Json result);

// A client of one thread, with a connection of its own.
class Client {
 public:
  Client(int port, std::string token);
  Reply send(const std::string& method, const std::string& target, const std::string& body = {},
             const std::string& content_type = "application/json");

 private:
  std::unique_ptr<httplib::Client> client_;
  std::string token_;
};

}  // namespace truce::test
