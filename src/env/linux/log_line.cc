#include "env/linux/log_line.h"

#include <array>

namespace holter::env_linux {
namespace {

constexpr std::size_t kLevelWidth = 5;

// Grey, as the terminal has it, yellow, red.
std::string_view colour_of(env::LogLevel level) {
  constexpr std::array<std::string_view, env::kLogLevelCount> kColours = {"\x1b[2m", "", "\x1b[33m", "\x1b[31m"};
  return kColours.at(static_cast<std::size_t>(level));
}

}  // namespace

std::string log_text(std::string_view message, std::initializer_list<env::LogField> fields) {
  std::string text(message);
  for (const auto& field : fields) append_field(text, field);
  return text;
}

std::string log_line(base::WallTime at, env::LogLevel level, std::string_view component, std::string_view text,
                     Colours colours) {
  const std::string_view colour = colours == Colours::ansi ? colour_of(level) : std::string_view();
  std::string line = to_string(at);
  line.append(" ").append(colour);
  const std::string_view word = env::to_string(level);
  line += word;
  if (!colour.empty()) line += "\x1b[0m";
  line.append(kLevelWidth - word.size() + 1, ' ');
  return line.append(component).append(": ").append(text).append("\n");
}

}  // namespace holter::env_linux
