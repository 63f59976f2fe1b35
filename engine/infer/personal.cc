#include "engine/infer/personal.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "engine/core/normalize/text.h"

namespace truce::infer {

namespace {

constexpr std::array contact_details = {
    "email",   "phone",       "mobile", "fax",     "first_name",  "last_name",      "full_name",
    "name",    "company",     "street", "address", "city",        "postal_code",    "birth_date",
    "subject", "description", "domain", "website", "external_id", "customer_number"};

constexpr std::array words_of_contents = {"name", "id", "notes", "comment"};

// In lower case and without umlauts. In both languages the last part of a compound says what it
// is ("salesperson", "Kundenbetreuer"), so these count at the end of a word too.
constexpr std::array people = {"advisor",       "adviser",      "agent",
                               "applicant",     "approver",     "assignee",
                               "assistant",     "attendee",     "attorney",
                               "author",        "beneficiary",  "brother",
                               "buyer",         "caller",       "candidate",
                               "caregiver",     "child",        "children",
                               "citizen",       "client",       "coach",
                               "colleague",     "collaborator", "consultant",
                               "contact",       "coordinator",  "creator",
                               "customer",      "deputy",       "director",
                               "doctor",        "driver",       "editor",
                               "employee",      "engineer",     "executive",
                               "father",        "follower",     "founder",
                               "guardian",      "handler",      "holder",
                               "husband",       "interviewer",  "lawyer",
                               "leader",        "maker",        "manager",
                               "member",        "mentor",       "mother",
                               "nurse",         "officer",      "opener",
                               "organizer",     "organiser",    "owner",
                               "parent",        "participant",  "partner",
                               "patient",       "people",       "person",
                               "physician",     "president",    "principal",
                               "recipient",     "recruiter",    "referrer",
                               "relative",      "reporter",     "representative",
                               "requester",     "requestor",    "resident",
                               "reviewer",      "secretary",    "seller",
                               "sender",        "sibling",      "signatory",
                               "signer",        "sister",       "solicitor",
                               "spouse",        "staff",        "stakeholder",
                               "student",       "submitter",    "supervisor",
                               "surgeon",       "teacher",      "technician",
                               "tenant",        "therapist",    "trainer",
                               "tutor",         "witness",      "worker",
                               "absender",      "aerzt",        "angehoerige",
                               "angestellte",   "anrufer",      "anwalt",
                               "anwaelt",       "anwender",     "arbeiter",
                               "assistenz",     "autor",        "bearbeiter",
                               "beauftragte",   "benutzer",     "berater",
                               "besitzer",      "betreuer",     "bewerber",
                               "ehefrau",       "ehegatte",     "ehemann",
                               "eigentuemer",   "eltern",       "elternteil",
                               "empfaenger",    "ersteller",    "fahrer",
                               "fuehrer",       "genehmiger",   "geschaeftsfuehrung",
                               "inhaber",       "kandidat",     "kollege",
                               "kollegin",      "kontakt",      "kunde",
                               "kundin",        "lehrer",       "leiter",
                               "leitung",       "makler",       "mandant",
                               "melder",        "mieter",       "mitglied",
                               "monteur",       "mutter",       "nutzer",
                               "pfleger",       "pruefer",      "schueler",
                               "sekretaer",     "techniker",    "teilnehmer",
                               "unterzeichner", "vater",        "verantwortliche",
                               "verfasser",     "verkaeufer",   "vermittler",
                               "vertreter",     "vertretung",   "vorgesetzte",
                               "vormund",       "zustaendige"};

// Too short for that: "order", "market".
constexpr std::array people_alone = {
    "arzt",  "boss", "buddy", "ceo", "cfo",  "chef", "chief",       "coo",  "cto", "gast",
    "guest", "heir", "host",  "kin", "lead", "rep",  "responsible", "user", "wife"};

// "created by", "assigned to", "erstellt von", "zugewiesen an"; "assigned" needs nothing behind it.
constexpr std::array before_people = {"by", "to", "von", "durch", "an"};
constexpr std::array taken_by_people = {"assigned", "zugewiesen", "zustaendig", "verantwortlich"};

// Anywhere in a word: "Religionszugehoerigkeit".
constexpr std::array sensitive = {"allerg",
                                  "behandlung",
                                  "behinder",
                                  "biometr",
                                  "birth",
                                  "blood",
                                  "blut",
                                  "citizenship",
                                  "confession",
                                  "convict",
                                  "creed",
                                  "criminal",
                                  "diagnos",
                                  "disabilit",
                                  "disease",
                                  "einkommen",
                                  "ethni",
                                  "familienstand",
                                  "geburt",
                                  "gehalt",
                                  "geneti",
                                  "gesundheit",
                                  "gewerkschaft",
                                  "glaube",
                                  "handicap",
                                  "hautfarbe",
                                  "health",
                                  "illness",
                                  "income",
                                  "konfession",
                                  "krank",
                                  "marital",
                                  "married",
                                  "medic",
                                  "medik",
                                  "medizin",
                                  "nationalit",
                                  "passport",
                                  "passwor",
                                  "politi",
                                  "pregnan",
                                  "religio",
                                  "salary",
                                  "schwanger",
                                  "sexual",
                                  "sexuell",
                                  "staatsangehoerig",
                                  "staatsbuerger",
                                  "symptom",
                                  "therap",
                                  "treatment",
                                  "vorstraf"};
constexpr std::array sensitive_alone = {"caste", "faith", "iban",  "lohn",  "race",
                                        "sick",  "ssn",   "tribe", "union", "wage"};

constexpr std::array option_words = {
    "status",   "stage",  "type", "priority", "source",   "role",       "level",    "category",
    "industry", "rating", "tier", "kind",     "currency", "salutation", "language", "pipeline"};

// What is asked of a person and names nobody.
constexpr std::array other_heads = {"channel", "class", "count",  "country", "department",
                                    "gender",  "group", "method", "reason",  "region",
                                    "segment", "size",  "state"};
constexpr std::array counting_words = {"number", "count", "anzahl"};

constexpr std::array first_names = {
    "adam",    "alexander", "alexandra", "alice",     "amanda",    "andrea",    "andreas",
    "andrew",  "angela",    "ann",       "anna",      "anne",      "anthony",   "antonio",
    "barbara", "ben",       "benjamin",  "bernd",     "bob",       "brian",     "carlos",
    "carol",   "caroline",  "catherine", "charles",   "christine", "christoph", "christopher",
    "claudia", "daniel",    "daniela",   "david",     "dennis",    "diana",     "dieter",
    "donald",  "dorothy",   "edward",    "elena",     "elizabeth", "emily",     "emma",
    "eric",    "eva",       "fatima",    "felix",     "florian",   "francesca", "gabriele",
    "george",  "gerhard",   "hannah",    "hans",      "heike",     "heinz",     "helen",
    "helga",   "ines",      "ingrid",    "jakob",     "james",     "jan",       "jane",
    "jason",   "javier",    "jean",      "jennifer",  "jessica",   "joachim",   "johannes",
    "john",    "jonas",     "jonathan",  "jose",      "joseph",    "joshua",    "juan",
    "julia",   "juergen",   "karen",     "karin",     "katharina", "kevin",     "klaus",
    "kristin", "larry",     "laura",     "lena",      "lisa",      "ludwig",    "luis",
    "lukas",   "manfred",   "marco",     "maria",     "marie",     "martin",    "mary",
    "matthew", "matthias",  "mehmet",    "michael",   "michelle",  "mohammed",  "monika",
    "nancy",   "nicole",    "olga",      "oliver",    "pamela",    "patricia",  "patrick",
    "paul",    "peter",     "petra",     "philipp",   "rachel",    "ralf",      "rebecca",
    "renate",  "richard",   "robert",    "ronald",    "sabine",    "samantha",  "samuel",
    "sandra",  "sara",      "sarah",     "sebastian", "sharon",    "simon",     "sophie",
    "stefan",  "stefanie",  "stephanie", "stephen",   "steven",    "susan",     "susanne",
    "tanja",   "thomas",    "timothy",   "tom",       "ursula",    "ute",       "uwe",
    "volker",  "walter",    "werner",    "wolfgang"};

constexpr std::array titles = {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sir"};

template <class Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](const char* known) { return word == known; });
}

template <class Words>
bool ends_with_one_of(const Words& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](const char* known) {
    const std::string_view end = known;
    return word.size() >= end.size() && word.substr(word.size() - end.size()) == end;
  });
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

// Lower case, "ä" as "ae".
std::string plain(std::string_view word) {
  std::string letters = folded(word);
  replace_all(letters, "ä", "ae");
  replace_all(letters, "ö", "oe");
  replace_all(letters, "ü", "ue");
  return letters;
}

std::string without_end(const std::string& word, std::string_view end) {
  const bool has_it =
      word.size() > end.size() && word.compare(word.size() - end.size(), end.size(), end) == 0;
  return has_it ? word.substr(0, word.size() - end.size()) : word;
}

// "owners", "Betreuerin", "Verantwortlicher"
bool names_people(const std::string& word) {
  for (const std::string_view end : {"", "s", "n", "r", "in", "innen"}) {
    const std::string one = without_end(word, end);
    if (is_one_of(people_alone, one) || ends_with_one_of(people, one)) return true;
  }
  return is_one_of(taken_by_people, word);
}

bool is_sensitive(const std::string& word) {
  return is_one_of(sensitive_alone, word) ||
         std::any_of(sensitive.begin(), sensitive.end(),
                     [&](const char* part) { return word.find(part) != std::string::npos; });
}

bool has_a_role(const std::vector<std::string>& words) {
  const std::string& head = words.back();
  if (is_option_word(head) || is_one_of(other_heads, head)) return false;
  if (is_one_of(counting_words, words.front())) return false;
  return is_one_of(before_people, head) || std::any_of(words.begin(), words.end(), names_people);
}

bool is_capital(char c) { return (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }

// "Lee", "O'Neill", "A.", "Müller-Lüdenscheidt"
bool is_capitalised(const std::string& word) {
  const bool has_small = std::any_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  });
  const bool is_initial = word.size() == 2 && word.back() == '.';
  return is_capital(word.front()) && (has_small || is_initial);
}

bool fits_a_name(char c) {
  return (c >= 'a' && c <= 'z') || c == ' ' || c == ',' || c == '.' || c == '-' || c == '\'' ||
         is_capital(c);
}

// Empty where the value is no row of one to four words.
std::vector<std::string> words_of_a_name(std::string_view value) {
  std::vector<std::string> words;
  if (!std::all_of(value.begin(), value.end(), fits_a_name)) return words;
  std::string word;
  for (const char c : std::string(value) + ' ') {
    if (c != ' ' && c != ',') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  constexpr std::size_t most = 4;
  if (words.size() > most) words.clear();
  return words;
}

}  // namespace

bool is_option_word(std::string_view word) { return is_one_of(option_words, word); }

bool may_be_personal(const ColumnName& name) {
  const bool is_detail = std::any_of(contact_details.begin(), contact_details.end(),
                                     [&](const char* detail) { return name.is(detail); });
  if (is_detail) return true;
  std::vector<std::string> words;
  for (const std::string& word : name.words) words.push_back(plain(word));
  const bool is_told = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return is_one_of(words_of_contents, word) || is_sensitive(word);
  });
  return is_told || (!words.empty() && has_a_role(words));
}

bool is_a_persons_name(std::string_view value) {
  const std::vector<std::string> words = words_of_a_name(value);
  if (words.empty()) return false;
  const bool has_first_name = std::any_of(words.begin(), words.end(), [](const auto& word) {
    return is_one_of(first_names, plain(word));
  });
  const auto is_title = [](const std::string& word) {
    return is_one_of(titles, without_end(plain(word), "."));
  };
  return has_first_name || (is_title(words.front()) && !is_title(words.back()));
}

bool may_be_a_persons_name(std::string_view value) {
  const std::vector<std::string> words = words_of_a_name(value);
  return words.size() > 1 && is_capitalised(words.front()) && is_capitalised(words.back());
}

}  // namespace truce::infer
