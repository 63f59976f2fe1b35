#include "engine/infer/vocabulary.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace truce::infer {

namespace {

// --- words -------------------------------------------------------------------------------------

struct Spelling {
  std::string_view word;
  std::string_view usual;
};
constexpr std::array spellings = {
    Spelling{"accounts", "account"},
    Spelling{"add", "created"},
    Spelling{"added", "created"},
    Spelling{"addr", "address"},
    Spelling{"birthday", "birth date"},
    Spelling{"birthdate", "birth date"},
    Spelling{"cell", "mobile"},
    Spelling{"cellphone", "mobile"},
    Spelling{"changed", "modified"},
    Spelling{"companies", "company"},
    Spelling{"create", "created"},
    Spelling{"creation", "created"},
    Spelling{"desc", "description"},
    Spelling{"dob", "birth date"},
    Spelling{"emails", "email"},
    Spelling{"employee", "employees"},
    Spelling{"firma", "company"},
    Spelling{"forename", "first name"},
    Spelling{"given", "first"},
    Spelling{"family", "last"},
    Spelling{"handy", "mobile"},
    Spelling{"homepage", "website"},
    Spelling{"kundennummer", "customer number"},
    Spelling{"label", "tag"},
    Spelling{"labels", "tag"},
    Spelling{"lang", "language"},
    Spelling{"mail", "email"},
    Spelling{"modify", "modified"},
    Spelling{"modstamp", "modified"},
    Spelling{"nachname", "last name"},
    Spelling{"no", "number"},
    Spelling{"note", "notes"},
    Spelling{"nr", "number"},
    Spelling{"num", "number"},
    Spelling{"ort", "city"},
    Spelling{"org", "company"},
    Spelling{"organisation", "company"},
    Spelling{"organization", "company"},
    Spelling{"phones", "phone"},
    Spelling{"plz", "postal code"},
    Spelling{"postcode", "postal code"},
    Spelling{"prio", "priority"},
    Spelling{"province", "state"},
    Spelling{"qty", "quantity"},
    Spelling{"site", "website"},
    Spelling{"strasse", "street"},
    Spelling{"surname", "last name"},
    Spelling{"tags", "tag"},
    Spelling{"tel", "phone"},
    Spelling{"telefon", "phone"},
    Spelling{"telephone", "phone"},
    Spelling{"town", "city"},
    Spelling{"update", "modified"},
    Spelling{"updated", "modified"},
    Spelling{"vorname", "first name"},
    Spelling{"web", "website"},
    Spelling{"webpage", "website"},
    Spelling{"www", "website"},
    Spelling{"zip", "postal"},
    Spelling{"zipcode", "postal code"},
};

constexpr std::array parts = {
    "account",  "address",  "amount",   "annual",   "birth",      "city",      "close",
    "closed",   "code",     "company",  "contact",  "country",    "create",    "created",
    "currency", "customer", "date",     "deal",     "department", "email",     "employees",
    "expected", "external", "family",   "first",    "full",       "given",     "id",
    "industry", "iso",      "job",      "last",     "lead",       "lifecycle", "mail",
    "mobile",   "modified", "name",     "number",   "of",         "opt",       "out",
    "owner",    "phone",    "pipeline", "postal",   "priority",   "revenue",   "sales",
    "source",   "stage",    "state",    "status",   "street",     "subject",   "system",
    "ticket",   "time",     "title",    "type",     "update",     "updated",   "url",
    "user",     "value",    "web",      "modstamp", "site",       "website",   "zip",
    "at",       "stamp",    "agent",    "assigned", "by",         "manager",   "rep",
    "to"};

constexpr std::array empty_words = {"properties", "custom", "fields",     "field",   "c",   "hs",
                                    "hubspot",    "value",  "attributes", "primary", "main"};
constexpr std::array weak_words = {"number", "is",        "has",  "the",    "of",         "contact",
                                   "person", "user",      "deal", "ticket", "lead",       "date",
                                   "time",   "at",        "on",   "code",   "iso",        "system",
                                   "stamp",  "timestamp", "last", "case",   "opportunity"};
constexpr std::array qualifiers = {"work",   "business", "office",      "mailing", "billing",
                                   "postal", "home",     "address",     "default", "contact",
                                   "person", "user",     "deal",        "ticket",  "lead",
                                   "case",   "customer", "opportunity", "system",  "expected"};

constexpr std::array entity_words = {"contact", "person",   "user",        "deal", "ticket",
                                     "lead",    "customer", "opportunity", "case"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// --- phrases -----------------------------------------------------------------------------------

struct Phrase {
  std::string_view words;
  std::string_view names;  // what it is known as, the likeliest first
};
constexpr std::array phrases = {
    Phrase{"email", "email"},
    Phrase{"email address", "email"},
    Phrase{"e mail", "email"},
    Phrase{"e email", "email"},
    Phrase{"phone", "phone"},
    Phrase{"phone number", "phone"},
    Phrase{"mobile", "mobile"},
    Phrase{"mobile phone", "mobile"},
    Phrase{"mobile number", "mobile"},
    Phrase{"mobile phone number", "mobile"},
    Phrase{"fax", "fax"},
    Phrase{"fax number", "fax"},
    Phrase{"first name", "first_name"},
    Phrase{"last name", "last_name"},
    Phrase{"full name", "full_name name"},
    Phrase{"display name", "full_name name"},
    Phrase{"name", "name subject full_name"},
    Phrase{"company", "company"},
    Phrase{"company name", "company name"},
    Phrase{"account name", "company name"},
    Phrase{"deal name", "subject name"},
    Phrase{"opportunity name", "subject name"},
    Phrase{"ticket name", "subject name"},
    Phrase{"subject", "subject"},
    Phrase{"title", "job_title subject"},
    Phrase{"job title", "job_title"},
    Phrase{"position", "job_title"},
    Phrase{"salutation", "salutation"},
    Phrase{"department", "department"},
    Phrase{"street", "street"},
    Phrase{"street address", "street"},
    Phrase{"address street", "street"},
    Phrase{"address", "street address"},
    Phrase{"city", "city"},
    Phrase{"state", "state"},
    Phrase{"postal code", "postal_code"},
    Phrase{"postal", "postal_code"},
    Phrase{"country", "country"},
    Phrase{"website", "website"},
    Phrase{"website url", "website"},
    Phrase{"domain", "domain website"},
    Phrase{"industry", "industry"},
    Phrase{"number of employees", "employees"},
    Phrase{"employees", "employees"},
    Phrase{"employees count", "employees"},
    Phrase{"annual revenue", "annual_revenue"},
    Phrase{"description", "description"},
    Phrase{"content", "description"},
    Phrase{"amount", "amount"},
    Phrase{"value", "amount"},
    Phrase{"deal value", "amount"},
    Phrase{"currency", "currency"},
    Phrase{"currency code", "currency"},
    Phrase{"currency iso code", "currency"},
    Phrase{"stage", "stage"},
    Phrase{"stage name", "stage"},
    Phrase{"lifecycle stage", "lifecycle_stage stage"},
    Phrase{"pipeline", "pipeline"},
    Phrase{"status", "status"},
    Phrase{"priority", "priority"},
    Phrase{"close date", "close_date"},
    Phrase{"tag", "tags"},
    Phrase{"birth date", "birth_date"},
    Phrase{"date of birth", "birth_date"},
    Phrase{"language", "language"},
    Phrase{"preferred language", "language"},
    Phrase{"source", "lead_source"},
    Phrase{"lead source", "lead_source"},
    Phrase{"external id", "external_id"},
    Phrase{"customer number", "customer_number"},
    Phrase{"created", "created"},
    Phrase{"created at", "created"},
    Phrase{"created on", "created"},
    Phrase{"created date", "created"},
    Phrase{"created time", "created"},
    Phrase{"date created", "created"},
    Phrase{"modified", "modified"},
    Phrase{"modified at", "modified"},
    Phrase{"modified on", "modified"},
    Phrase{"modified date", "modified"},
    Phrase{"modified time", "modified"},
    Phrase{"date modified", "modified"},
    Phrase{"last modified", "modified"},
    Phrase{"last modified at", "modified"},
    Phrase{"last modified date", "modified"},
    Phrase{"last modified time", "modified"},
};

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(std::move(word));
  return words;
}

}  // namespace

std::vector<std::string> split_compound(const std::string& word) {
  constexpr std::size_t shortest = 6;
  constexpr std::size_t longest = 40;
  const bool is_known = std::any_of(spellings.begin(), spellings.end(),
                                    [&](const Spelling& known) { return known.word == word; });
  if (word.size() < shortest || word.size() > longest || is_known || contains(parts, word)) {
    return {word};
  }
  // The fewest parts that make up the first n characters.
  std::vector<std::vector<std::string>> best(word.size() + 1);
  for (std::size_t end = 1; end <= word.size(); ++end) {
    for (const std::string_view part : parts) {
      if (part.size() > end || word.compare(end - part.size(), part.size(), part) != 0) continue;
      const std::size_t begin = end - part.size();
      if (begin > 0 && best[begin].empty()) continue;
      if (!best[end].empty() && best[end].size() <= best[begin].size() + 1) continue;
      best[end] = best[begin];
      best[end].emplace_back(part);
    }
  }
  return best.back().empty() ? std::vector<std::string>{word} : best.back();
}

std::vector<std::string> usual_words(const std::string& word) {
  for (const Spelling& spelling : spellings) {
    if (spelling.word == word) return split_at_spaces(spelling.usual);
  }
  return {word};
}

std::vector<std::string> known_phrase(std::string_view phrase) {
  for (const Phrase& known : phrases) {
    if (known.words == phrase) return split_at_spaces(known.names);
  }
  return {};
}

bool is_empty_word(std::string_view word) { return contains(empty_words, word); }
bool is_weak_word(std::string_view word) { return contains(weak_words, word); }
bool is_entity_word(std::string_view word) { return contains(entity_words, word); }
bool is_qualifier(std::string_view word) { return contains(qualifiers, word); }

}  // namespace truce::infer
