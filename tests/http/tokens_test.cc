#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/core/model/hash.h"
#include "sidecar/http/token_file.h"

namespace truce {
namespace {

// A folder that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "truce-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const char* name) const { return (path_ / name).string(); }
  std::string write(const char* name, std::string_view text, mode_t mode) const {
    std::ofstream(file(name)) << text;
    ::chmod(file(name).c_str(), mode);
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

TEST_CASE("a file with one token lets it do everything") {
  const auto table = TokenTable::parse("a-token-of-my-own\n");
  REQUIRE(table);
  const Token* token = table->find("a-token-of-my-own");
  REQUIRE(token != nullptr);
  CHECK(token->name == "default");
  CHECK(token->scopes == ScopeSet::all());
  CHECK(table->find("a-token-of-my-owN") == nullptr);
  CHECK(table->find("a-token-of-my-own\n") == nullptr);
  CHECK(table->find("") == nullptr);
}

TEST_CASE("lines give each token its name, scopes and expiry") {
  const auto table =
      TokenTable::parse("# who may do what\r\n\nn8n ingest,read " + sha256_hex("one") +
                        "\n ops\toperate  " + sha256_hex("two") + " 2027-01-01T00:00:00Z");
  REQUIRE(table);
  CHECK(table->size() == 2);
  CHECK(table->find("one")->name == "n8n");
  CHECK(table->find("one")->scopes.has(Scope::ingest));
  CHECK_FALSE(table->find("one")->scopes.has(Scope::operate));
  CHECK(table->find("two")->expires_at == parse_time("2027-01-01T00:00:00Z").value());
}

TEST_CASE("JSON says the same") {
  const auto table = TokenTable::parse(R"({"tokens": [{"name": "n8n", "scopes": ["ingest"],
      "sha256": ")" + sha256_hex("one") +
                                       R"(", "expires_at": "2027-01-01T00:00:00Z"}]})");
  REQUIRE(table);
  CHECK(table->find("one")->scopes.has(Scope::ingest));
  CHECK(table->find("one")->expires_at);
}

TEST_CASE("a list of tokens alone is no token, and is told its form") {
  for (const char* blank : {"", " "}) {
    const auto table =
        TokenTable::parse(std::string("[") + blank + R"({"name":"n8n","scopes":["read"]}])");
    REQUIRE_FALSE(table);
    CHECK(table.error().message.find(R"({"tokens": [{"name": )") != std::string::npos);
  }
}

TEST_CASE("a token file with a fault is refused as a whole") {
  const std::string digest = sha256_hex("one");
  for (const std::string& text :
       {std::string(), std::string("\n\n"), std::string("# nothing\n"), std::string("short"),
        "name ingest " + digest.substr(1), "name admin " + digest, "name , " + digest,
        "na/me ingest " + digest, "name ingest " + digest + " tomorrow",
        "name ingest " + digest + " 2027-01-01T00:00:00Z more", std::string("{}"),
        std::string("{\"tokens\": []}"), std::string("{\"tokens\": [{}]}"), std::string("{"),
        "one-good-looking-token\nname ingest " + digest}) {
    INFO(text);
    CHECK_FALSE(TokenTable::parse(text));
  }
}

TEST_CASE("a token that is too short is told how long one is") {
  const auto table = TokenTable::parse("fifteen-letters\n");
  REQUIRE_FALSE(table);
  CHECK(table.error().message.find("one token of at least 16 characters") != std::string::npos);
  CHECK(TokenTable::parse("sixteen--letters\n"));
}

TEST_CASE("a fault is told without the token") {
  const auto table = TokenTable::parse("my-secret-token-is-here and more");
  REQUIRE_FALSE(table);
  CHECK(table.error().message.find("secret") == std::string::npos);
}

TEST_CASE("a made token is in a file that only its owner reads, and is good") {
  const Folder folder;
  const auto token = create_token_file(folder.file("token"));
  REQUIRE(token);
  CHECK(token->substr(0, 6) == "truce_");
  CHECK(token->size() == 70);
  struct stat status {};
  REQUIRE(::stat(folder.file("token").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const auto table = read_token_file(folder.file("token"));
  REQUIRE(table);
  CHECK(table->find(*token) != nullptr);
}

TEST_CASE("a token file is never written over") {
  const Folder folder;
  const auto path = folder.write("token", "mine", 0600);
  CHECK(create_token_file(path).error().code == Code::not_allowed);
}

TEST_CASE("a token file that others can read is refused") {
  const Folder folder;
  for (const mode_t mode : {0640, 0604, 0620, 0666}) {
    const auto path = folder.write("token", "a-token-of-my-own", mode);
    const auto table = read_token_file(path);
    REQUIRE_FALSE(table);
    CHECK(table.error().code == Code::not_allowed);
    CHECK(table.error().message.find("chmod 600") != std::string::npos);
  }
}

TEST_CASE("what is no readable token file is refused") {
  const Folder folder;
  CHECK(read_token_file(folder.file("none")).error().code == Code::not_found);
  CHECK(read_token_file(folder.file("")).error().code == Code::not_allowed);  // a folder
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  CHECK(read_token_file(folder.file("pipe")).error().code == Code::not_allowed);
}

TEST_CASE("scopes have one name each") {
  for (const auto scope : {Scope::ingest, Scope::operate, Scope::read}) {
    CHECK(scope_from(to_string(scope)) == scope);
  }
  CHECK_FALSE(scope_from("admin"));
}

}  // namespace
}  // namespace truce
