#include <algorithm>
#include <charconv>

#include "engine/core/policy/parse_policy.h"

namespace truce {
namespace {

constexpr std::size_t path_bytes_max = 512;
constexpr std::size_t path_steps_max = 32;
// Writing to [N] makes an array of N + 1 elements in the target's record.
constexpr std::size_t path_index_max = 999;

tl::unexpected<Problem> refuse(std::string_view spelling, std::string_view why) {
  return fail(Code::policy_value, "path \"" + shown(spelling) + "\": " + std::string(why));
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::size_t> index_of(std::string_view digits) {
  if (!all_digits(digits) || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, index).ec != std::errc{}) return std::nullopt;
  if (index > path_index_max) return std::nullopt;
  return index;
}

bool is_padded(std::string_view text) {
  return !text.empty() && (text.front() == ' ' || text.back() == ' ');
}

// A pointer token of digits names an element of an array and a member of an object; the step
// carries both spellings, because only the record tells which it is.
PathStep step_of_token(std::string token) {
  PathStep step;
  if (const auto index = index_of(token)) {
    step.kind = PathStep::Kind::index;
    step.index = *index;
  }
  step.member = std::move(token);
  return step;
}

Result<std::vector<PathStep>> steps_of_pointer(std::string_view spelling) {
  std::vector<PathStep> steps;
  std::size_t at = 1;
  while (true) {
    const std::size_t end = std::min(spelling.find('/', at), spelling.size());
    std::string token;
    for (std::size_t i = at; i < end; ++i) {
      if (spelling[i] != '~') {
        token += spelling[i];
        continue;
      }
      ++i;
      if (i == end || (spelling[i] != '0' && spelling[i] != '1')) {
        return refuse(spelling, "in a JSON Pointer ~ is written ~0 and / is written ~1");
      }
      token += spelling[i] == '0' ? '~' : '/';
    }
    if (token.empty()) return refuse(spelling, "a name between two / is empty");
    steps.push_back(step_of_token(std::move(token)));
    if (end == spelling.size()) return steps;
    at = end + 1;
  }
}

Result<PathStep> step_of_brackets(std::string_view spelling, std::string_view inside) {
  PathStep step;
  const std::size_t equals = inside.find('=');
  if (equals == std::string_view::npos) {
    const auto index = index_of(inside);
    if (!index) {
      return refuse(spelling, "[" + shown(inside) + "] is neither a position from 0 to " +
                                  std::to_string(path_index_max) + " nor member=text");
    }
    step.kind = PathStep::Kind::index;
    step.index = *index;
    return step;
  }
  step.kind = PathStep::Kind::where;
  step.member = std::string(inside.substr(0, equals));
  step.equals = std::string(inside.substr(equals + 1));
  if (step.member.empty() || step.equals.empty() || is_padded(step.member) ||
      step.equals.find('[') != std::string::npos || step.member.find('[') != std::string::npos) {
    return refuse(spelling, "[" + shown(inside) + "] must read member=text");
  }
  return step;
}

// The brackets behind a name: "[0]", "[id=7]", also several.
Result<std::size_t> take_brackets(std::string_view spelling, std::size_t at,
                                  std::vector<PathStep>& steps) {
  while (at < spelling.size() && spelling[at] == '[') {
    const std::size_t close = spelling.find(']', at);
    if (close == std::string_view::npos) return refuse(spelling, "a [ has no ]");
    auto step = step_of_brackets(spelling, spelling.substr(at + 1, close - at - 1));
    if (!step) return tl::make_unexpected(step.error());
    steps.push_back(std::move(*step));
    at = close + 1;
  }
  return at;
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

// "$.properties.email" is JSONPath, "={{ $json.properties.email }}" an expression of n8n.
bool is_foreign(std::string_view spelling) {
  const std::string_view first = spelling.substr(0, spelling.find_first_of(".["));
  return first == "$" || first == "$json" || spelling.front() == '=' ||
         spelling.find("{{") != std::string_view::npos ||
         spelling.find("}}") != std::string_view::npos;
}

// The path in it, where there is nothing else.
std::string_view path_within(std::string_view spelling) {
  std::string_view rest = without_blanks(spelling.substr(spelling.front() == '='));
  if (rest.starts_with("{{") && rest.ends_with("}}") && rest.size() > 4) {
    rest = without_blanks(rest.substr(2, rest.size() - 4));
  }
  for (const std::string_view root : {"$json.", "$."}) {
    if (rest.starts_with(root)) rest.remove_prefix(root.size());
  }
  return rest.find_first_of("$(){}?|&+\"'") == std::string_view::npos ? rest : "";
}

Result<std::vector<PathStep>> steps_of_dots(std::string_view spelling);

tl::unexpected<Problem> refuse_foreign(std::string_view spelling) {
  const std::string_view within = path_within(spelling);
  const bool is_path = !within.empty() && !is_foreign(within) && steps_of_dots(within);
  return refuse(
      spelling,
      "neither JSONPath nor an expression of n8n is read here, only the names of members" +
          (is_path ? ": write " + std::string(within) : ""));
}

Result<std::vector<PathStep>> steps_of_dots(std::string_view spelling) {
  if (is_foreign(spelling)) return refuse_foreign(spelling);
  std::vector<PathStep> steps;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = std::min(spelling.find_first_of(".[]", at), spelling.size());
    PathStep step;
    step.member = std::string(spelling.substr(at, end - at));
    if (step.member.empty())
      return refuse(spelling, "a name is missing before or between the dots");
    if (is_padded(step.member)) return refuse(spelling, "a name begins or ends with a blank");
    steps.push_back(std::move(step));
    auto behind = take_brackets(spelling, end, steps);
    if (!behind) return tl::make_unexpected(behind.error());
    if (*behind == spelling.size()) return steps;
    if (spelling[*behind] == ']') return refuse(spelling, "a ] has no [");
    if (spelling[*behind] != '.') return refuse(spelling, "a dot is missing behind a ]");
    at = *behind + 1;
  }
}

}  // namespace

Result<Path> parse_path(std::string_view spelling) {
  if (spelling.empty()) return refuse(spelling, "it is empty");
  if (spelling.size() > path_bytes_max) {
    return refuse(spelling, "longer than " + std::to_string(path_bytes_max) + " bytes");
  }
  for (const char c : spelling) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return refuse(spelling, "it holds a control character");
    }
  }
  auto steps = spelling.front() == '/' ? steps_of_pointer(spelling) : steps_of_dots(spelling);
  if (!steps) return tl::make_unexpected(steps.error());
  if (steps->size() > path_steps_max) {
    return refuse(spelling, "deeper than " + std::to_string(path_steps_max) + " steps");
  }
  return Path{std::string(spelling), std::move(*steps)};
}

}  // namespace truce
