#include "engine/infer/value_type.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "engine/core/normalize/normalize.h"
#include "engine/core/normalize/text.h"
#include "engine/infer/bounds.h"
#include "engine/infer/personal.h"
#include "engine/infer/value_shapes.h"

namespace truce::infer {

namespace {

constexpr double most = 0.9;

// The values of a column that its type is told by.
class Values {
 public:
  explicit Values(const Column& column) {
    const std::size_t count = std::min(column.cells.size(), typed_cells_max);
    for (std::size_t i = 0; i < count; ++i) nodes_.push_back(column.cells[i].node);
  }

  std::size_t size() const { return nodes_.size(); }
  const std::vector<const Json*>& nodes() const { return nodes_; }

  double share(const std::function<bool(const Json&)>& holds) const {
    if (nodes_.empty()) return 0.0;
    const auto count =
        std::count_if(nodes_.begin(), nodes_.end(), [&](const Json* node) { return holds(*node); });
    return static_cast<double>(count) / static_cast<double>(nodes_.size());
  }
  bool mostly(const std::function<bool(const Json&)>& holds) const { return share(holds) >= most; }

  double share_of_texts(const std::function<bool(const std::string&)>& holds) const {
    return share([&](const Json& node) {
      return node.is_string() && holds(node.get_ref<const std::string&>());
    });
  }
  bool mostly_texts(const std::function<bool(const std::string&)>& holds) const {
    return share_of_texts(holds) >= most;
  }

  std::set<std::string> distinct() const {
    std::set<std::string> texts;
    for (const Json* node : nodes_) {
      if (const auto text = scalar_text(*node)) texts.insert(std::string(trimmed(*text)));
    }
    return texts;
  }

 private:
  std::vector<const Json*> nodes_;
};

ColumnType known(FieldType type) {
  ColumnType known_type;
  known_type.type = type;
  known_type.is_known = true;
  return known_type;
}

bool is_about_time(const ColumnName& name) {
  constexpr std::array words = {"date", "time", "at", "created", "modified", "timestamp", "stamp"};
  return std::any_of(words.begin(), words.end(), [&](const char* word) { return name.has(word); });
}

bool is_telephone(const ColumnName& name) {
  return name.is("phone") || name.is("mobile") || name.is("fax") || name.has("phone");
}

ColumnType epoch(const char* format) {
  ColumnType type = known(FieldType::instant);
  type.format = format;
  return type;
}

std::optional<ColumnType> time_type(const Values& values, const ColumnName& name) {
  if (values.mostly_texts(is_date_text)) return known(FieldType::date);
  if (values.mostly_texts(is_time_text)) {
    ColumnType type =
        known(values.mostly_texts(is_midnight_text) && values.size() > 1 ? FieldType::date
                                                                         : FieldType::instant);
    type.lacks_offset = values.share_of_texts(lacks_offset) > 0.0;
    if (type.lacks_offset) type.format = "datetime";
    if (!type.lacks_offset && type.type == FieldType::date) type.format = "rfc3339";
    return type;
  }
  if (!is_about_time(name)) return std::nullopt;
  const bool is_text = values.mostly_texts([](const std::string&) { return true; });
  if (values.mostly(is_epoch_ms)) return epoch(is_text ? "epoch_ms_text" : "epoch_ms");
  if (values.mostly(is_epoch_s)) return epoch("epoch_s");
  return std::nullopt;
}

// What has digits and is no number: nobody adds postal codes.
bool is_a_code(const ColumnName& name) {
  return name.is("postal_code") || name.is("external_id") || name.is("customer_number");
}

std::optional<ColumnType> number_type(const Values& values, const ColumnName& name) {
  if (is_a_code(name)) return std::nullopt;
  if (is_telephone(name) && values.mostly(has_phone_digits)) return known(FieldType::phone);
  if (!values.mostly(is_plain_number)) return std::nullopt;
  return known(values.mostly(is_whole_number) ? FieldType::integer : FieldType::decimal);
}

bool is_called_like_a_set(const ColumnName& name) {
  constexpr std::array words = {"tag",    "tags",       "interests", "skills",   "topics",
                                "groups", "categories", "languages", "products", "segments"};
  return std::any_of(words.begin(), words.end(), [&](const char* word) { return name.has(word); });
}

std::optional<ColumnType> split_type(const Values& values, const ColumnName& name) {
  for (const char separator : {';', '|', ','}) {
    const SplitCount count = count_split(values.nodes(), separator);
    const bool is_named_so = is_called_like_a_set(name);
    if (separator == ',' && !is_named_so) continue;  // it stands in sentences and titles too
    const auto few = std::max<std::size_t>(2, values.size() / 5);
    const bool is_often = count.cells >= (is_named_so ? 1 : few);
    const bool repeats = is_named_so || count.distinct * 10 <= count.elements * 7;
    if (!is_often || !repeats || count.longest > 40) continue;
    ColumnType type = known(FieldType::set);
    type.split = std::string(1, separator);
    return type;
  }
  return std::nullopt;
}

bool is_called_like_options(const ColumnName& name) {
  return std::any_of(name.words.begin(), name.words.end(),
                     [](const std::string& word) { return is_option_word(word); });
}

// A name that tells nothing is not believed beside values that look like people's.
bool may_name_people(const std::set<std::string>& options, const ColumnName& name) {
  if (std::any_of(options.begin(), options.end(), is_a_persons_name)) return true;
  const auto alike = std::count_if(options.begin(), options.end(), may_be_a_persons_name);
  return !is_called_like_options(name) && static_cast<std::size_t>(alike) * 2 >= options.size();
}

constexpr std::size_t longest_option = 60;

bool are_options(const Values& values, const ColumnName& name) {
  if (may_be_personal(name)) return false;
  const std::set<std::string> distinct = values.distinct();
  const bool are_short = std::all_of(distinct.begin(), distinct.end(), [](const auto& text) {
    return text.size() <= longest_option;
  });
  if (!are_short || distinct.size() > options_max || may_name_people(distinct, name)) return false;
  if (is_called_like_options(name)) {
    return values.size() >= 2 && (distinct.size() <= 6 || distinct.size() * 2 <= values.size());
  }
  return values.size() >= 8 && distinct.size() * 3 <= values.size();
}

ColumnType text_type(const Values& values, const ColumnName& name) {
  if (values.mostly_texts(is_email)) return known(FieldType::email);
  if (values.mostly_texts(is_boolean_word)) return known(FieldType::boolean);
  if (const auto type = time_type(values, name)) return *type;
  if (const auto type = number_type(values, name)) return *type;
  if (values.mostly_texts(is_url)) return known(FieldType::url);
  if (values.mostly_texts(is_phone)) return known(FieldType::phone);
  if (values.mostly_texts(is_domain)) return known(FieldType::domain);
  if (values.share_of_texts(has_markup) > 0.3) return known(FieldType::html);
  if (const auto type = split_type(values, name)) return *type;
  return known(are_options(values, name) ? FieldType::enumeration : FieldType::text);
}

double readable_share(const Column& column, const ColumnType& type) {
  return Values(column).share(
      [&](const Json& node) { return !compared_form(type.type, type, node).empty(); });
}

}  // namespace

ColumnType type_of(const Column& column, const ColumnName& name) {
  const Values values(column);
  if (values.size() == 0) return {};
  ColumnType type;
  if (column.element || values.share([](const Json& node) { return node.is_array(); }) > 0.5) {
    type = known(FieldType::set);
    type.element = column.element;
  } else if (values.mostly([](const Json& node) { return node.is_boolean(); })) {
    type = known(FieldType::boolean);
  } else {
    type = text_type(values, name);
  }
  type.readable = readable_share(column, type);
  return type;
}

void describe(Column& column, const ColumnName& name, std::size_t keys_max) {
  column.type = type_of(column, name);
  std::set<std::uint64_t> elements;
  std::set<std::uint64_t> whole;
  for (const Cell& cell : column.cells) {
    const std::string form = compared_form(column.type.type, column.type, *cell.node);
    const std::uint64_t key = form.empty() ? 0 : key_hash(form);
    column.keys.push_back(key);
    if (key == 0) continue;
    whole.insert(key);
    for (const std::uint64_t element : element_hashes(form)) elements.insert(element);
  }
  column.distinct = whole.size();
  column.sketch.assign(elements.begin(), elements.end());
  column.sketch_is_cut = column.sketch.size() > keys_max;
  if (column.sketch_is_cut) column.sketch.resize(keys_max);
}

}  // namespace truce::infer
