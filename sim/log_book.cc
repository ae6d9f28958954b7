#include "sim/log_book.h"

#include <algorithm>

namespace holter::sim {

void LogBook::write(env::LogLevel level, std::string_view component, std::string_view message,
                    std::initializer_list<env::LogField> fields) {
  std::string text = std::string(component) + ": " + std::string(message);
  for (const auto& field : fields) env::append_field(text, field);
  timeline_.trace().note(text, {static_cast<std::uint64_t>(level)});
  if (lines_.size() >= kMaxLogLines) {
    ++dropped_;
    return;
  }
  lines_.push_back({timeline_.now(), level, std::move(text)});
}

std::size_t LogBook::count(std::string_view part) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(lines_, [&](const LogLine& line) { return line.text.find(part) != std::string::npos; }));
}

std::vector<std::string> LogBook::unexpected_errors() const {
  std::vector<std::string> out;
  for (const auto& line : lines_) {
    const bool allowed = std::ranges::any_of(
        allowed_, [&](const std::string& part) { return line.text.find(part) != std::string::npos; });
    if (line.level == env::LogLevel::error && !allowed) out.push_back(line.text);
  }
  return out;
}

}  // namespace holter::sim
