#include "engine/core/model/stored_json.h"

#include <simdjson.h>

#include <new>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/model/json_tokens.h"

namespace truce {

struct StoredDocument::Content {
  simdjson::ondemand::parser parser;  // holds the unescaped texts
  std::string text;                   // holds the numbers
  std::vector<StoredNode> nodes;
};

namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using Kind = StoredNode::Kind;

error_code read_number(ondemand::value value, std::string_view& characters) {
  characters = json_tokens::number_at_begin(value.raw_json_token());
  double number = 0;
  const error_code error = value.get_double().get(number);
  // simdjson takes 0e400 for out of range, whose digits are all that we want.
  return error && Json::accept(characters) ? simdjson::SUCCESS : error;
}

// Adds values and what is in them to `nodes`, in the order of the text.
class NodeWriter {
 public:
  explicit NodeWriter(std::vector<StoredNode>& nodes) : nodes_(nodes) {}

  error_code add(ondemand::value value, std::string_view key) {
    ondemand::json_type type{};
    if (const error_code error = value.type().get(type)) return error;
    const std::size_t place = nodes_.size();
    StoredNode& node = nodes_.emplace_back();
    node.key = key;
    switch (type) {
      case ondemand::json_type::null:
        return json_tokens::read_null(value);
      case ondemand::json_type::boolean:
        node.kind = Kind::boolean;
        return value.get_bool().get(node.truth);
      case ondemand::json_type::number:
        node.kind = Kind::number;
        return read_number(value, node.text);
      case ondemand::json_type::string:
        node.kind = Kind::text;
        return value.get_string().get(node.text);
      case ondemand::json_type::array:
        node.kind = Kind::array;
        break;
      case ondemand::json_type::object:
        node.kind = Kind::object;
        break;
    }
    if (depth_ == JsonLimits::of_store().depth) return simdjson::DEPTH_ERROR;
    ++depth_;
    const error_code error =
        type == ondemand::json_type::array ? add_elements(value, place) : add_members(value, place);
    --depth_;
    nodes_[place].span = nodes_.size() - place;
    return error;
  }

 private:
  error_code add_elements(ondemand::value value, std::size_t place) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    for (simdjson::simdjson_result<ondemand::value> each : array) {
      ondemand::value element;
      if (const error_code error = each.get(element)) return error;
      if (const error_code error = add(element, {})) return error;
      ++nodes_[place].count;
    }
    return simdjson::SUCCESS;
  }

  error_code add_members(ondemand::value value, std::size_t place) {
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    for (simdjson::simdjson_result<ondemand::field> field : object) {
      std::string_view key;
      if (const error_code error = field.unescaped_key().get(key)) return error;
      ondemand::value member;
      if (const error_code error = field.value().get(member)) return error;
      if (const error_code error = add(member, key)) return error;
      ++nodes_[place].count;
    }
    return simdjson::SUCCESS;
  }

  std::vector<StoredNode>& nodes_;
  std::size_t depth_ = 0;  // of the open arrays and objects
};

}  // namespace

StoredDocument::StoredDocument() : content_(std::make_unique<Content>()) {
  content_->nodes.emplace_back();
}
StoredDocument::StoredDocument(std::unique_ptr<Content> content) : content_(std::move(content)) {}
StoredDocument::StoredDocument(StoredDocument&&) noexcept = default;
StoredDocument& StoredDocument::operator=(StoredDocument&&) noexcept = default;
StoredDocument::~StoredDocument() = default;

const StoredNode& StoredDocument::root() const { return content_->nodes.front(); }

Result<StoredDocument> StoredDocument::parse(std::string_view text) {
  auto content = std::make_unique<Content>();
  content->text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  content->text = text;
  // Most values of ours are longer than 16 bytes with their key and what stands between them.
  content->nodes.reserve(text.size() / 16 + 1);
  ondemand::document document;
  ondemand::value root;
  error_code error = content->parser.iterate(content->text).get(document);
  if (!error) error = document.get_value().get(root);
  if (!error) error = NodeWriter(content->nodes).add(root, {});
  if (!error && !document.current_location().error()) error = simdjson::TRAILING_CONTENT;
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error) return fail(Code::store_corrupt, simdjson::error_message(error));
  return StoredDocument(std::move(content));
}

const StoredNode* StoredNode::find(std::string_view name) const {
  if (kind != Kind::object) return nullptr;
  for (const StoredNode& member : *this) {
    if (member.key == name) return &member;
  }
  return nullptr;
}

Json to_json(const StoredNode& node) {
  switch (node.kind) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return node.truth;
    case Kind::number:
      return make_number(node.text);
    case Kind::text:
      return std::string(node.text);
    case Kind::array: {
      Json array = Json::array();
      for (const StoredNode& element : node) array.push_back(to_json(element));
      return array;
    }
    case Kind::object: {
      Json object = Json::object();
      for (const StoredNode& member : node) object[std::string(member.key)] = to_json(member);
      return object;
    }
  }
  return nullptr;
}

}  // namespace truce
