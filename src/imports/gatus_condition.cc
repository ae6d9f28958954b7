#include "imports/gatus_condition.h"

#include <algorithm>
#include <array>
#include <vector>

#include "imports/words.h"

namespace holter::imports {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "any(200, 204)" and a value alone.
std::vector<std::string> values_of(std::string_view text) {
  std::vector<std::string> values;
  if (!text.starts_with("any(") || !text.ends_with(')')) return {std::string(text)};
  text = text.substr(4, text.size() - 5);
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    values.emplace_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(text.size(), comma + 1));
  }
  return values;
}

// "pat(*up*)" as a regular expression; empty when it is none.
std::string pattern_of(std::string_view text) {
  if (!text.starts_with("pat(") || !text.ends_with(')')) return "";
  std::string regex = "(?s)^";
  for (const char c : text.substr(4, text.size() - 5)) {
    if (c == '*') {
      regex += ".*";
    } else if (c == '?') {
      regex += '.';
    } else {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
                         c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
      if (!plain) regex += '\\';
      regex += c;
    }
  }
  return regex + '$';
}

struct Parts {
  std::string_view subject;
  std::string_view sign;
  std::string_view value;
};

bool parts_of(std::string_view text, Parts& parts) {
  constexpr std::array<std::string_view, 6> kSigns = {" == ", " != ", " <= ", " >= ", " < ", " > "};
  for (const auto sign : kSigns) {
    const auto at = text.find(sign);
    if (at == std::string_view::npos) continue;
    parts = {trimmed(text.substr(0, at)), trimmed(sign), trimmed(text.substr(at + sign.size()))};
    return true;
  }
  return false;
}

using Read = std::variant<GatusCondition, std::string>;

// A number or an address, as it is.
Read plain(const std::string& fact, const Parts& parts) {
  const auto values = values_of(parts.value);
  if (values.empty()) return "has no value";
  if (values.size() == 1) return GatusCondition{fact + ' ' + std::string(parts.sign) + ' ' + values[0]};
  if (parts.sign == "==") return GatusCondition{one_of(fact, values)};
  if (parts.sign == "!=") return GatusCondition{"not " + one_of(fact, values)};
  return "compares with several values";
}

Read of_text(const std::string& fact, const Parts& parts, std::string json_path = "") {
  if (parts.sign != "==" && parts.sign != "!=") return "compares a text by its size";
  const bool is_not = parts.sign == "!=";
  if (const auto pattern = pattern_of(parts.value); !pattern.empty()) {
    return GatusCondition{(is_not ? "not " : "") + fact + " ~ " + quoted(pattern), std::move(json_path)};
  }
  auto values = values_of(parts.value);
  if (values.empty()) return "has no value";
  for (auto& value : values) value = quoted(value);
  return GatusCondition{(is_not ? "not " : "") + one_of(fact, values), std::move(json_path)};
}

Read of_duration(const std::string& fact, const Parts& parts, std::string_view unit) {
  const std::string value = std::string(parts.value) + (is_number(parts.value) ? std::string(unit) : "");
  if (!go_duration(value)) return "has no duration as its value";
  return GatusCondition{fact + ' ' + std::string(parts.sign) + ' ' + value};
}

Read of_body(std::string_view path, const Parts& parts) {
  if (path.empty()) return of_text("body", parts);
  const std::string json_path = '$' + std::string(path);
  if (is_number(parts.value)) {
    return GatusCondition{"json_number " + std::string(parts.sign) + ' ' + std::string(parts.value), json_path};
  }
  return of_text("json", parts, json_path);
}

}  // namespace

std::variant<GatusCondition, std::string> read_condition(std::string_view text) {
  Parts parts;
  if (!parts_of(text, parts)) return "is no comparison";
  const std::string_view subject = parts.subject;
  if (subject == "[STATUS]") return plain("status", parts);
  if (subject == "[IP]") return plain("address", parts);
  if (subject == "[RESPONSE_TIME]") return of_duration("rtt", parts, "ms");
  if (subject == "[CERTIFICATE_EXPIRATION]") return of_duration("certificate_left", parts, "ms");
  if (subject == "[DNS_RCODE]") return plain("rcode", parts);
  if (subject == "[CONNECTED]" && parts.sign == "==" && parts.value == "true") return GatusCondition{};
  constexpr std::string_view kBody = "[BODY]";
  if (subject.starts_with(kBody)) return of_body(subject.substr(kBody.size()), parts);
  return "is about something that is no fact here";
}

}  // namespace holter::imports
