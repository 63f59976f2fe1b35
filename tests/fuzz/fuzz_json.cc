// Libraries: truce_model
//
// Any bytes as JSON. What parse_json takes, nlohmann takes too; it keeps every number's characters;
// what it renders it reads again as the same; and a refusal never quotes the input.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/core/model/facts.h"
#include "engine/core/model/json_text.h"
#include "engine/core/model/work.h"

namespace {

using namespace truce;

void must(bool holds) {
  if (!holds) std::abort();
}

std::size_t count_numbers(const Json& node, std::string& characters) {
  if (is_number(node)) {
    characters += number_text(node) + ' ';
    return 1;
  }
  std::size_t count = 0;
  if (node.is_structured()) {
    for (const Json& child : node) count += count_numbers(child, characters);
  }
  return count;
}

void check_accepted(std::string_view text, const Json& document) {
  must(Json::accept(text));
  const std::string wire = to_wire(document);
  const Result<Json> again = parse_json(wire, JsonLimits::of_store());
  must(again.has_value());
  must(to_wire(*again) == wire);
  std::string before;
  std::string after;
  must(count_numbers(document, before) == count_numbers(*again, after));
  must(before == after);

  const std::string canonical = to_canonical(document);
  must(canonical == to_canonical(*again));
  const Result<Json> from_canonical = parse_json(canonical, JsonLimits::of_store());
  must(from_canonical.has_value());
  must(to_canonical(*from_canonical) == canonical);
}

void check_refused(std::string_view text, const Problem& problem) {
  must(!problem.message.empty() && problem.message.size() < 300);
  must(problem.message.starts_with("line "));
  const bool stricter = problem.code != Code::invalid_json || text.starts_with("\xEF\xBB\xBF") ||
                        text.find('\0') != std::string_view::npos;
  must(stricter || !Json::accept(text));
}

// Through text, as a store does it.
template <class Record, class Read>
void check_round_trip(const Record& record, Read read) {
  const StoredDocument row = StoredDocument::parse(to_stored(record)).value();
  must(to_stored(read(row.root())) == to_stored(record));
}

// Whatever the bytes say, the store's readers give a value, and what they give survives.
void check_stored_forms(const StoredNode& node) {
  check_round_trip(source_record_from_stored(node), source_record_from_stored);
  check_round_trip(golden_record_from_stored(node), golden_record_from_stored);
  check_round_trip(delivery_from_stored(node), delivery_from_stored);
  check_round_trip(exception_from_stored(node), exception_from_stored);
  const Value value = value_from_stored(node);
  JsonText text;
  write(text, value);
  // Null is not an array.
  const auto again = StoredDocument::parse("[" + text.take() + "]");
  must(same(value_from_stored(*again->root().begin()), value));
}

// The store's reader takes whatever parse_json takes as an array or object, and reads the same.
void check_stored_reader(std::string_view text, const Result<Json>& document) {
  const Result<StoredDocument> stored = StoredDocument::parse(text);
  if (stored) check_stored_forms(stored->root());
  if (!document || !document->is_structured()) return;
  must(stored.has_value());
  must(to_wire(to_json(stored->root())) == to_wire(*document));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Json> document = parse_json(text);
  if (document) {
    check_accepted(text, *document);
  } else {
    check_refused(text, document.error());
  }
  check_stored_reader(text, document);
  must(shown(text).size() <= 4 * 80 + 3);
  return 0;
}
