#include "engine/core/audit/audit_verify.h"

#include <catch2/catch.hpp>
#include <functional>

#include "tests/unit/audit/sample_trail.h"

namespace truce {
namespace {

using Trail = std::vector<AuditEntry>;

AuditReport verify(const Trail& trail, std::vector<Checkpoint> checkpoints = {},
                   std::string store_id = "store-1") {
  AuditVerifier verifier(std::move(checkpoints), std::move(store_id));
  for (const AuditEntry& entry : trail) verifier.add(entry);
  return verifier.finish();
}

// "FAULT at SEQUENCE of COUNT", or "intact".
std::string verdict(const AuditReport& report) {
  if (report.is_intact()) return "intact";
  return std::string(to_string(report.first->fault)) + " at " +
         std::to_string(report.first->sequence) + " of " + std::to_string(report.faults);
}

// What a forger who knows how hashes are made does to everything from `begin` on.
void rehash_from(Trail& trail, std::size_t begin) {
  for (std::size_t i = begin; i < trail.size(); ++i) {
    trail[i].sequence = i + 1;
    trail[i].previous_hash = i == 0 ? std::string(first_previous_hash) : trail[i - 1].hash;
    trail[i].hash = entry_hash(trail[i]);
  }
}

struct Mutation {
  const char* name;
  std::function<void(Trail&, std::size_t)> apply;  // at an index
  AuditFault fault;
  std::function<std::uint64_t(std::size_t)> shows_at;  // sequence
};

constexpr std::size_t trail_length = 300;
constexpr std::size_t checkpoint_sequence = 270;

std::uint64_t here(std::size_t index) { return index + 1; }
std::uint64_t behind(std::size_t index) { return index + 2; }
std::uint64_t at_checkpoint(std::size_t) { return checkpoint_sequence; }

void insert_at(Trail& trail, std::size_t index, AuditEntry entry) {
  trail.insert(trail.begin() + static_cast<std::ptrdiff_t>(index), std::move(entry));
}
void erase_at(Trail& trail, std::size_t index) {
  trail.erase(trail.begin() + static_cast<std::ptrdiff_t>(index));
}

const std::vector<Mutation>& mutations() {
  static const std::vector<Mutation> all = {
      {"change a value", [](Trail& t, std::size_t i) { forge_body(t[i], "word", "forged"); },
       AuditFault::changed, here},
      {"change the time by a microsecond", [](Trail& t, std::size_t i) { ++t[i].at.us; },
       AuditFault::changed, here},
      {"write a number in another way",
       [](Trail& t, std::size_t i) { forge_body(t[i], "amount", make_number("1.1")); },
       AuditFault::changed, here},
      {"change who it was and forge this hash",
       [](Trail& t, std::size_t i) {
         t[i].actor = "nobody";
         t[i].hash = entry_hash(t[i]);
       },
       AuditFault::unlinked, behind},
      {"change a value and forge all hashes behind it",
       [](Trail& t, std::size_t i) {
         forge_body(t[i], "word", "forged");
         rehash_from(t, i);
       },
       AuditFault::forked, at_checkpoint},
      {"remove a row", erase_at, AuditFault::removed, here},
      {"remove a row, renumber and forge all hashes behind it",
       [](Trail& t, std::size_t i) {
         erase_at(t, i);
         rehash_from(t, i);
       },
       AuditFault::forked, at_checkpoint},
      {"put a row in twice", [](Trail& t, std::size_t i) { insert_at(t, i, t[i]); },
       AuditFault::repeated, here},
      {"put a row in, renumber and forge all hashes behind it",
       [](Trail& t, std::size_t i) {
         insert_at(t, i, t[i]);
         forge_body(t[i], "word", "put in");
         rehash_from(t, i);
       },
       AuditFault::forked, at_checkpoint},
      {"swap two rows", [](Trail& t, std::size_t i) { std::swap(t[i], t[i + 1]); },
       AuditFault::reordered, here},
      {"cut the trail off", [](Trail& t, std::size_t i) { t.resize(i); }, AuditFault::behind,
       [](std::size_t i) { return std::uint64_t{i}; }},
      {"restore an old backup and go on from there",
       [](Trail& t, std::size_t i) {
         t.resize(i);
         while (t.size() < trail_length) {
           t.push_back(sample_entry(t.empty() ? std::nullopt : std::optional(t.back()), "anew"));
         }
       },
       AuditFault::forked, at_checkpoint},
  };
  return all;
}

TEST_CASE("R9: with one older checkpoint, 12 kinds of mutation at 50 places are all found") {
  const Trail original = sample_trail(trail_length);
  const std::vector<Checkpoint> checkpoints = {checkpoint_at(original[checkpoint_sequence - 1])};
  REQUIRE(verdict(verify(original, checkpoints)) == "intact");
  REQUIRE(mutations().size() == 12);
  int missed = 0;
  for (const Mutation& mutation : mutations()) {
    for (std::size_t place = 0; place < 50; ++place) {
      const std::size_t index = place * 5;  // 0 to 245
      Trail trail = original;
      mutation.apply(trail, index);
      const AuditReport report = verify(trail, checkpoints);
      CAPTURE(mutation.name, index, verdict(report));
      missed += report.is_intact() ? 1 : 0;
      REQUIRE(report.first);
      CHECK(report.first->fault == mutation.fault);
      CHECK(report.first->sequence == mutation.shows_at(index));
    }
  }
  CHECK(missed == 0);
}

TEST_CASE("R9: a trail of 100,000 entries is verified, and one changed character in it found") {
  Trail trail = sample_trail(100'000);
  CHECK(verify(trail).is_intact());
  trail[50'000].actor += 'x';
  CHECK(verdict(verify(trail)) == "changed at 50001 of 1");
}

TEST_CASE("an untouched trail is intact, empty or not, and the report says where it ends") {
  const AuditReport empty = verify({});
  CHECK(empty.is_intact());
  CHECK(empty.last_sequence == 0);
  CHECK(empty.last_hash == std::string(64, '0'));
  const Trail trail = sample_trail(20);
  const AuditReport report = verify(trail);
  CHECK(report.is_intact());
  CHECK(report.entries == 20);
  CHECK(report.last_sequence == 20);
  CHECK(report.last_hash == trail.back().hash);
}

TEST_CASE("one fault is told once, and several are counted") {
  Trail trail = sample_trail(20);
  trail[4].actor = "nobody";
  CHECK(verdict(verify(trail)) == "changed at 5 of 1");
  trail[9].actor = "nobody";
  CHECK(verdict(verify(trail)) == "changed at 5 of 2");
  erase_at(trail, 14);
  CHECK(verdict(verify(trail)) == "changed at 5 of 3");
}

TEST_CASE("a finding says in words which entries and what") {
  const Trail original = sample_trail(20);
  Trail trail = original;
  trail.erase(trail.begin() + 4, trail.begin() + 7);
  CHECK(verify(trail).first->message == "entries 5 to 7 are missing before entry 8");
  trail = original;
  std::swap(trail[4], trail[9]);
  CHECK(verify(trail).first->message == "entry 5 stands behind entry 10");
  trail = original;
  std::swap(trail[4], trail[5]);
  CHECK(verify(trail).first->message == "entry 5 stands behind entry 6");
  trail[5] = trail[4];
  CHECK(verify(trail).first->message == "entry 5 is missing before entry 6");
}

TEST_CASE("a trail that begins late or names an entry before its first is not intact") {
  Trail trail = sample_trail(5);
  erase_at(trail, 0);
  CHECK(verdict(verify(trail)) == "removed at 1 of 1");
  trail = sample_trail(5);
  trail[0].previous_hash = std::string(64, '1');
  trail[0].hash = entry_hash(trail[0]);
  CHECK(verdict(verify(trail)) == "unlinked at 1 of 2");
}

TEST_CASE("a forged time before its predecessor's is found even where all hashes fit") {
  Trail trail = sample_trail(5);
  trail[3].at = Time{trail[2].at.us - 1};
  rehash_from(trail, 3);
  CHECK(verdict(verify(trail)) == "turned_back at 4 of 1");
}

TEST_CASE("a restored old backup is reported as behind the checkpoint, by how much") {
  const Trail trail = sample_trail(20);
  const Checkpoint checkpoint = checkpoint_at(trail.back());
  const AuditReport report = verify(Trail(trail.begin(), trail.begin() + 15), {checkpoint});
  CHECK(verdict(report) == "behind at 15 of 1");
  CHECK(report.first->message == "the store is behind checkpoint 20 by 5 entries");
  CHECK(verify(Trail(trail.begin(), trail.begin() + 19), {checkpoint}).first->message ==
        "the store is behind checkpoint 20 by 1 entry");
  CHECK(verify({}, {checkpoint}).first->message ==
        "the store is behind checkpoint 20 by 20 entries");
}

TEST_CASE("a fork is told once, with the last checkpoint that both histories share") {
  const Trail trail = sample_trail(20);
  Trail other(trail.begin(), trail.begin() + 7);
  while (other.size() < 30) other.push_back(sample_entry(other.back(), "anew"));
  const AuditReport report =
      verify(other, {checkpoint_at(trail[19]), checkpoint_at(trail[4]), checkpoint_at(trail[9])});
  CHECK(verdict(report) == "forked at 10 of 1");
  CHECK(report.first->message ==
        "this is another history than that of checkpoint 10; they part behind entry 5");
}

TEST_CASE("without a checkpoint a forged end cannot be told, and it does not claim so") {
  Trail trail = sample_trail(20);
  forge_body(trail[9], "word", "forged");
  rehash_from(trail, 9);
  CHECK(verdict(verify(trail)) == "intact");
  trail.resize(5);
  CHECK(verdict(verify(trail)) == "intact");
}

TEST_CASE("checkpoints: of an empty trail, of another store, two of one entry that disagree") {
  const Trail trail = sample_trail(5);
  CHECK(verdict(verify(trail, {{0, std::string(first_previous_hash), Time{}, "store-1"}})) ==
        "intact");
  Checkpoint foreign = checkpoint_at(trail[2]);
  foreign.store_id = "store-2";
  CHECK(verdict(verify(trail, {foreign})) == "misplaced at 3 of 1");
  CHECK(verdict(verify(trail, {foreign}, "")) == "intact");
  Checkpoint lie = checkpoint_at(trail[2]);
  lie.hash = std::string(64, 'f');
  CHECK(verdict(verify(trail, {checkpoint_at(trail[2]), lie})) == "forked at 3 of 1");
}

TEST_CASE("a missing row that a checkpoint names is not taken for agreement") {
  Trail trail = sample_trail(10);
  const std::vector<Checkpoint> checkpoints = {checkpoint_at(trail[4])};
  erase_at(trail, 4);
  CHECK(verdict(verify(trail, checkpoints)) == "removed at 5 of 2");
}

TEST_CASE("every fault has its name, both ways") {
  for (int i = 0; i <= static_cast<int>(AuditFault::misplaced); ++i) {
    const auto fault = static_cast<AuditFault>(i);
    CHECK_FALSE(to_string(fault).empty());
    CHECK(audit_fault_from(to_string(fault)) == fault);
  }
  CHECK(audit_fault_from("no such word") == std::nullopt);
}

}  // namespace
}  // namespace truce
