#include "sidecar/cli/access.h"

#include <httplib.h>

#include <iostream>

#include "sidecar/cli/exit_code.h"
#include "sidecar/private_file.h"

namespace truce::cli {

namespace {

constexpr std::chrono::seconds connect_timeout{3};
constexpr std::chrono::minutes answer_timeout{5};  // a backup or a verification takes a while

Result<std::string> read_token(const Access& access) {
  if (access.token_file.empty()) return fail(Code::schema, "--url needs --token-file FILE");
  Result<std::string> token = read_private_file(access.token_file, file_bytes_max);
  if (!token) return token;
  while (!token->empty() && (token->back() == '\n' || token->back() == '\r')) token->pop_back();
  if (token->empty() || token->find_first_of(" \t\n") != std::string::npos) {
    return fail(Code::format, access.token_file + " does not hold one token alone");
  }
  return token;
}

std::string nobody_at(const std::string& url) {
  const bool is_https = url.starts_with("https:");
  return "nobody answers at " + url +
         (is_https ? ": the sidecar itself speaks http, only a proxy in front of it https" : "");
}

// Null: httplib throws for a scheme that it does not know and for a port that is none.
std::unique_ptr<httplib::Client> client_of(const std::string& url) {
  try {
    return std::make_unique<httplib::Client>(url);
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

void add_access(CLI::App& command, Access& access) {
  auto* db =
      command.add_option("--db", access.db, "The database file, with no server running on it");
  auto* url = command.add_option("--url", access.url, "A running sidecar: http://127.0.0.1:8377");
  command.add_option("--token-file", access.token_file, "The token for --url")->needs(url);
  db->excludes(url);
}

Result<void> check_access(const Access& access) {
  if (access.db.empty() == access.url.empty()) {
    return fail(Code::schema, "say where: --db FILE, or --url URL and --token-file FILE");
  }
  return {};
}

Json RemoteReply::json() const {
  return parse_json(body, JsonLimits::of_store()).value_or(Json(nullptr));
}

std::string sidecar_url(const std::string& url) {
  return url.substr(0, url.find_last_not_of('/') + 1);
}

Result<RemoteReply> ask(const Access& access, const std::string& method, const std::string& target,
                        const std::string& body) {
  const Result<std::string> token = read_token(access);
  if (!token) return tl::unexpected<Problem>(token.error());
  const std::string url = sidecar_url(access.url);
  const std::unique_ptr<httplib::Client> opened = client_of(url);
  if (!opened) return fail(Code::schema, "--url is http://HOST:PORT or https://HOST:PORT");
  httplib::Client& client = *opened;
  client.set_connection_timeout(connect_timeout);
  client.set_read_timeout(answer_timeout);
  client.set_follow_location(false);
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.body = body;
  request.headers = {{"Authorization", "Bearer " + *token}};
  if (!body.empty()) request.headers.emplace("Content-Type", "application/json");
  const httplib::Result result = client.send(request);
  if (!result) return fail(Code::not_found, nobody_at(url));
  return RemoteReply{result->status, result->body, result->get_header_value("Truce-Next")};
}

tl::unexpected<Problem> no_sidecar(const Access& access) {
  return fail(Code::not_found, "what answers at " + access.url + " is no truce sidecar");
}

Result<Json> ask_for_json(const Access& access, const std::string& method,
                          const std::string& target, const std::string& body) {
  const Result<RemoteReply> reply = ask(access, method, target, body);
  if (!reply) return tl::unexpected<Problem>(reply.error());
  Json document = reply->json();
  if (reply->status / 100 == 2) {
    return document.is_object() && !document.empty() ? Result<Json>(std::move(document))
                                                     : no_sidecar(access);
  }
  const auto text = [&](const char* key) {
    const Json* member = find_member(document, key);
    return member == nullptr ? std::string() : scalar_text(*member).value_or("");
  };
  const Code code = code_from(text("code")).value_or(Code::internal);
  const std::string detail = text("detail").empty() ? text("title") : text("detail");
  return fail(code, "status " + std::to_string(reply->status) + ": " + detail);
}

std::string escaped(const std::string& segment) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : segment) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

int told(const Problem& problem) {
  std::cerr << "truce: " << problem.message << "\n";
  return problem.code == Code::schema ? exit_misuse : exit_could_not;
}

}  // namespace truce::cli
