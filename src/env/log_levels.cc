#include "env/log_levels.h"

#include <algorithm>
#include <vector>

#include "base/nearest.h"

namespace holter::env {
namespace {

constexpr std::string_view kBlank = " \t";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string in_quotes(std::string_view text) { return '\'' + base::UntrustedText(text).for_terminal() + '\''; }

std::string level_mistake(std::string_view word) {
  const std::vector<std::string> known = {"debug", "info", "warn", "error"};
  return in_quotes(word) + " is not a level: debug, info, warn or error" + base::did_you_mean(word, known);
}

std::string component_mistake(std::string_view word) {
  const std::vector<std::string> known(kLogComponents.begin(), kLogComponents.end());
  const std::string meant = base::did_you_mean(word, known);
  if (!meant.empty()) return "there is no component " + in_quotes(word) + meant;
  std::string all;
  for (const auto& name : known) all += (all.empty() ? "" : ", ") + name;
  return "there is no component " + in_quotes(word) + "; there are " + all;
}

class Reader {
 public:
  void take(std::string_view item) {
    const auto equals = item.find('=');
    const std::string_view word = trimmed(item.substr(equals == item.npos ? 0 : equals + 1));
    const auto level = parse_log_level(word);
    if (!level) wrong(level_mistake(word));
    if (equals != item.npos) return take_component(std::string(trimmed(item.substr(0, equals))), level);
    if (level && has_level_) wrong("two levels for all components: write one, and the others as COMPONENT=LEVEL");
    has_level_ = has_level_ || level;
    if (level) levels.level = *level;
  }

  LogLevels levels;
  std::string mistakes;

 private:
  void take_component(const std::string& component, std::optional<LogLevel> level) {
    if (std::ranges::find(kLogComponents, component) == kLogComponents.end())
      return wrong(component_mistake(component));
    if (!levels.components.emplace(component, level.value_or(LogLevel::info)).second)
      wrong(component + " has two levels");
  }
  void wrong(const std::string& text) { mistakes += (mistakes.empty() ? "" : "; ") + text; }

  bool has_level_ = false;
};

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view word) {
  for (std::size_t i = 0; i < kLogLevelCount; ++i) {
    if (to_string(static_cast<LogLevel>(i)) == word) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

base::Result<LogLevels> parse_log_levels(std::string_view text) {
  Reader reader;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    reader.take(text.substr(at, end - at));
    at = end + 1;
  }
  if (!reader.mistakes.empty()) return base::Error{base::ErrorKind::invalid, reader.mistakes};
  return std::move(reader.levels);
}

}  // namespace holter::env
