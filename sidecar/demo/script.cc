#include "sidecar/demo/script.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "sidecar/demo/dice.h"

namespace truce::demo {
namespace {

constexpr std::array<const char*, 20> last_names = {
    "Okafor", "Lindqvist", "Moreau",  "Tanaka", "Haddad",  "Kowalski", "Silva",
    "Novak",  "Berger",    "Ferrari", "Nguyen", "Johnson", "Petrov",   "Yilmaz",
    "Costa",  "Larsen",    "Dubois",  "Weber",  "Rossi",   "Ivanova"};
constexpr std::array<const char*, 24> first_names = {
    "Amara", "Bjorn", "Chloe", "Daichi", "Elif",  "Farid",  "Greta", "Hugo",
    "Ines",  "Jonas", "Kemal", "Lucia",  "Mehdi", "Nadia",  "Oskar", "Priya",
    "Quinn", "Rosa",  "Sven",  "Tomas",  "Ulla",  "Viktor", "Wanda", "Yara"};
constexpr std::array<const char*, 12> tag_words = {"Newsletter", "VIP",      "Trial",     "Partner",
                                                   "Webinar",    "Renewal",  "Reference", "Press",
                                                   "Startup",    "Reseller", "Beta",      "Event"};
constexpr Duration shortest = Duration::of_ms(10'000);
constexpr std::int64_t ms_per_edit = 42;
constexpr int attempts_per_edit = 60;

struct Weight {
  Field field;
  Side side;
  int share;  // of 100
};
// People mostly edit where the data is at home, and sometimes where they should not.
constexpr std::array<Weight, 10> weights = {{
    {Field::email, Side::hubspot, 10},
    {Field::email, Side::salesforce, 3},
    {Field::phone, Side::salesforce, 15},
    {Field::phone, Side::hubspot, 3},
    {Field::stage, Side::hubspot, 11},
    {Field::stage, Side::salesforce, 11},
    {Field::first_name, Side::hubspot, 9},
    {Field::first_name, Side::salesforce, 9},
    {Field::tags, Side::hubspot, 15},
    {Field::tags, Side::salesforce, 14},
}};

template <std::size_t size>
std::string pick(const std::array<const char*, size>& words, Dice& dice) {
  return words[static_cast<std::size_t>(dice.between(0, static_cast<int>(size) - 1))];
}

bool by_recency(Field field) { return field == Field::stage || field == Field::first_name; }

class ScriptMaker {
 public:
  explicit ScriptMaker(const ScriptOptions& options)
      : options_(options), dice_(options.seed, "script") {
    script_.length = Duration::of_ms(std::max(shortest.ms(), options.edits * ms_per_edit));
  }

  Script make() {
    for (int person = 0; person < options_.people; ++person) add_person(person);
    add_collisions();
    const int wanted = options_.edits;
    for (int i = static_cast<int>(script_.edits.size()); i < wanted; ++i) add_edit();
    std::stable_sort(script_.edits.begin(), script_.edits.end(),
                     [](const Edit& a, const Edit& b) { return a.at < b.at; });
    return std::move(script_);
  }

 private:
  int newcomers() const { return std::max(2, options_.people / 5); }
  int collisions() const { return std::max(1, options_.people / 10); }

  Duration some_time(double from, double to) {
    const auto length = static_cast<double>(script_.length.us);
    return {static_cast<std::int64_t>(length * (from + (to - from) * dice_.unit()))};
  }

  std::string new_email(int person) {
    const char* name = last_names[static_cast<std::size_t>(person) % last_names.size()];
    return std::string(name) + "." + std::to_string(++emails_) + "." +
           std::to_string(options_.run) + "@example.com";
  }

  // +49 151 and eight digits.
  std::string new_phone() {
    const std::uint64_t number = (std::uint64_t{options_.run} * 1000 + ++phones_) % 100'000'000;
    std::string digits = std::to_string(number);
    return "+49151" + std::string(8 - digits.size(), '0') + digits;
  }

  void add_person(int person) {
    const int since_newcomers = person - (options_.people - newcomers());
    Person added;
    added.start = {
        {Field::email, new_email(person)},
        {Field::first_name, pick(first_names, dice_)},
        {Field::last_name, last_names[static_cast<std::size_t>(person) % last_names.size()]},
        {Field::phone, new_phone()},
        {Field::stage, stage_spelling(Side::hubspot, all_stages().front())},
        {Field::tags, "customer list"},
        {Field::amount, std::to_string(100 * dice_.between(1, 50))},
        {Field::currency, "EUR"}};
    used_.push_back({all_stages().front(), added.start[Field::first_name]});
    entered_.emplace_back();
    if (since_newcomers >= 0) {
      const Side side = since_newcomers % 2 == 0 ? Side::hubspot : Side::salesforce;
      added.home = side == Side::hubspot ? Person::Home::hubspot : Person::Home::salesforce;
      entered_.back() = some_time(0.02, 0.6);
      if (side == Side::hubspot) added.start.erase(Field::phone);  // not hubspot's to say
      script_.edits.push_back({entered_.back(), person, side, Edit::Kind::enter, {}, {}});
    }
    script_.people.push_back(std::move(added));
  }

  void add_collisions() {
    for (int person = 0; person < collisions(); ++person) {
      const Duration at = some_time(0.1, 0.9);
      const Duration soon = at + Duration{blink.us * dice_.between(20, 90) / 100};
      const Side first = dice_.chance(0.5) ? Side::hubspot : Side::salesforce;
      set(at, person, first, Field::amount, new_amount());
      set(soon, person, other(first), Field::amount, new_amount());
    }
  }

  // Never the same amount twice, nor one that a person starts with.
  std::string new_amount() { return std::to_string(10'000 + 37 * ++amounts_) + ".50"; }

  void set(Duration at, int person, Side side, Field field, std::string value) {
    const Edit::Kind kind = field == Field::tags ? Edit::Kind::add_tag : Edit::Kind::set;
    script_.edits.push_back({at, person, side, kind, field, std::move(value)});
  }

  Weight some_weight() {
    int roll = dice_.between(0, 99);
    for (const Weight& weight : weights) {
      if (roll < weight.share) return weight;
      roll -= weight.share;
    }
    return weights.back();
  }

  void add_edit() {
    const Weight weight = some_weight();
    for (int attempt = 0; attempt < attempts_per_edit; ++attempt) {
      const Duration at = some_time(0.01, 1.0);
      const int person = dice_.between(0, options_.people - 1);
      if (!fits(at, person, weight)) continue;
      std::optional<std::string> value = new_value(person, weight);
      if (!value) continue;
      return set(at, person, weight.side, weight.field, std::move(*value));
    }
  }

  bool fits(Duration at, int person, const Weight& weight) const {
    const Person& who = script_.people[static_cast<std::size_t>(person)];
    if (who.home != Person::Home::both) {
      const Side home = who.home == Person::Home::hubspot ? Side::hubspot : Side::salesforce;
      const Duration entered = entered_[static_cast<std::size_t>(person)];
      if (weight.side != home || at < entered + Duration::of_ms(600)) return false;
      // Whether the field's authority has the record yet would depend on the network.
      if (weight.field == Field::email && home == Side::salesforce) return false;
      if (weight.field == Field::phone && home == Side::hubspot) return false;
    }
    return std::none_of(script_.edits.begin(), script_.edits.end(), [&](const Edit& edit) {
      if (edit.person != person || edit.kind == Edit::Kind::enter) return false;
      const std::int64_t gap_us = std::abs(edit.at.us - at.us);
      if (edit.field != weight.field) return gap_us < Duration::of_ms(150).us;
      const bool crosses = by_recency(edit.field) && edit.side != weight.side;
      return gap_us < (crosses ? recency_gap : Duration::of_ms(800)).us;
    });
  }

  std::optional<std::string> new_value(int person, const Weight& weight) {
    if (weight.field == Field::email) return new_email(person);
    if (weight.field == Field::phone) return new_phone();
    const std::string word = weight.field == Field::stage        ? some_stage()
                             : weight.field == Field::first_name ? pick(first_names, dice_)
                                                                 : pick(tag_words, dice_);
    if (!used_[static_cast<std::size_t>(person)].insert(word).second) return std::nullopt;
    if (weight.field == Field::stage) return stage_spelling(weight.side, word);
    // HubSpot's people know that theirs lower-cases tags.
    const bool lower = weight.field == Field::tags && weight.side == Side::hubspot;
    return lower ? meaning(weight.side, Field::tags, word) : word;
  }

  std::string some_stage() {
    const int last = static_cast<int>(all_stages().size()) - 1;
    return all_stages()[static_cast<std::size_t>(dice_.between(0, last))];
  }

  ScriptOptions options_;
  Dice dice_;
  Script script_;
  std::uint64_t emails_ = 0;
  std::uint64_t phones_ = 0;
  int amounts_ = 0;
  std::vector<std::set<std::string>> used_;  // by person: words of fields that never repeat one
  std::vector<Duration> entered_;
};

}  // namespace

Script make_script(const ScriptOptions& options) { return ScriptMaker(options).make(); }

}  // namespace truce::demo
