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

Json stored(const auto& record) {
  return parse_json(to_stored(record), JsonLimits::of_store()).value();
}

// Whatever the bytes say, the store's readers give a value, and what they give survives.
void check_stored_forms(const Json& document) {
  const SourceRecord source = source_record_from_json(document);
  must(to_stored(source_record_from_json(stored(source))) == to_stored(source));
  const GoldenRecord golden = golden_record_from_json(document);
  must(to_stored(golden_record_from_json(stored(golden))) == to_stored(golden));
  const Delivery delivery = delivery_from_json(document);
  must(to_stored(delivery_from_json(stored(delivery))) == to_stored(delivery));
  const ExceptionItem item = exception_from_json(document);
  must(to_stored(exception_from_json(stored(item))) == to_stored(item));
  const Value value = value_from_stored(document);
  JsonText text;
  write(text, value);
  must(same(value_from_stored(parse_json(text.take()).value()), value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Json> document = parse_json(text);
  if (document) {
    check_accepted(text, *document);
    check_stored_forms(*document);
  } else {
    check_refused(text, document.error());
  }
  must(shown(text).size() <= 4 * 80 + 3);
  return 0;
}
