#include "probe/http/json_path.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace holter::probe {
namespace {

using base::Error;
using base::ErrorKind;
using Json = nlohmann::json;

constexpr double kLargestNumber = 9e18;

Error wrong() { return {ErrorKind::invalid, "is a path such as $.status, $.items[0].id, $['odd name'] or $.items[*]"}; }

// ".name" or ".*"; takes it off `text`.
std::optional<JsonStep> take_member(std::string_view& text) {
  text.remove_prefix(1);
  const std::string_view name = text.substr(0, text.find_first_of(".["));
  text.remove_prefix(name.size());
  if (name.empty() || name.find_first_of("]'\"") != name.npos) return std::nullopt;
  if (name == "*") return JsonStep{};
  return JsonStep{std::string(name), std::nullopt};
}

// "[*]", "[-1]", "['name']"
std::optional<JsonStep> take_bracket(std::string_view& text) {
  text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const char quote = text.front();
  const bool quoted = quote == '\'' || quote == '"';
  const auto end = quoted ? text.find(std::string{quote, ']'}, 1) : text.find(']');
  if (end == text.npos) return std::nullopt;
  const std::string_view inside = text.substr(quoted ? 1 : 0, quoted ? end - 1 : end);
  text.remove_prefix(end + (quoted ? 2 : 1));
  if (quoted) return JsonStep{std::string(inside), std::nullopt};
  if (inside == "*") return JsonStep{};
  std::int64_t index = 0;
  const auto [rest, failure] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (inside.empty() || failure != std::errc() || rest != inside.data() + inside.size()) return std::nullopt;
  return JsonStep{std::nullopt, index};
}

// Before anything is built of it. What stands in quotes does not nest.
bool is_too_deep(std::string_view document) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const char c = document[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth > kMaxJsonDepth) return true;
    } else if (!quoted && (c == ']' || c == '}')) {
      depth -= depth > 0 ? 1 : 0;
    }
  }
  return false;
}

JsonValue value_of(const Json& json) {
  JsonValue value;
  const double number = json.is_number() ? json.get<double>() : 0;
  if (json.is_number_integer() && !json.is_number_unsigned()) {
    value.number = json.get<std::int64_t>();
  } else if (json.is_number() && std::abs(number) < kLargestNumber) {
    value.number = static_cast<std::int64_t>(number);
  }
  value.text = json.is_string() ? json.get<std::string>()
                                : json.dump(-1, ' ', false, nlohmann::detail::error_handler_t::replace);
  return value;
}

const Json* element(const Json& array, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(array.size());
  if (index < 0) index += size;
  return index >= 0 && index < size ? &array[static_cast<std::size_t>(index)] : nullptr;
}

void step_into(const Json& json, std::span<const JsonStep> steps, std::vector<JsonValue>& found) {
  if (found.size() >= kMaxJsonValues) return;
  if (steps.empty()) return found.push_back(value_of(json));
  const JsonStep& step = steps.front();
  const auto further = steps.subspan(1);
  if (step.name) {
    const auto member = json.is_object() ? json.find(*step.name) : json.end();
    if (member != json.end()) step_into(*member, further, found);
  } else if (step.index) {
    const Json* const one = json.is_array() ? element(json, *step.index) : nullptr;
    if (one != nullptr) step_into(*one, further, found);
  } else if (json.is_structured()) {
    for (const Json& one : json) step_into(one, further, found);
  }
}

}  // namespace

base::Result<JsonPath> parse_json_path(std::string_view text) {
  if (!text.starts_with('$')) return wrong();
  text.remove_prefix(1);
  JsonPath path;
  while (!text.empty()) {
    if (text.front() != '.' && text.front() != '[') return wrong();
    auto step = text.front() == '.' ? take_member(text) : take_bracket(text);
    if (!step || path.size() == kMaxJsonSteps) return wrong();
    path.push_back(std::move(*step));
  }
  return path;
}

base::Result<std::vector<JsonValue>> look_up(std::span<const JsonPath> paths, std::string_view document) {
  if (is_too_deep(document)) {
    return Error{ErrorKind::too_large, "the JSON has more than " + std::to_string(kMaxJsonDepth) + " levels"};
  }
  const Json json = Json::parse(document, nullptr, false);
  if (json.is_discarded()) return Error{ErrorKind::corrupt, "the body is no JSON"};
  std::vector<JsonValue> found;
  for (const JsonPath& path : paths) step_into(json, path, found);
  return found;
}

}  // namespace holter::probe
