#include "sidecar/demo/automation.h"

#include <algorithm>
#include <cctype>

namespace truce::demo {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char character) {
    return static_cast<char>(std::tolower(character));
  });
  return text;
}

std::string national(const std::string& digits) {
  return digits.size() < 4 ? "0" + digits : "0" + digits.substr(0, 3) + " " + digits.substr(3);
}

}  // namespace

Content automated(Side side, const Content& content) {
  Content result = content;
  for (auto& [field, value] : result) {
    if (value.empty()) continue;
    if (field == Field::phone) {
      const std::string digits = meaning(side, field, value);
      value = side == Side::hubspot ? "+49" + digits : national(digits);
    }
    if (field == Field::tags && side == Side::hubspot) value = lower(value);
  }
  return result;
}

}  // namespace truce::demo
