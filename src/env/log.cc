#include "env/log.h"

#include <array>

namespace holter::env {

std::string_view to_string(LogLevel level) {
  constexpr std::array<std::string_view, kLogLevelCount> kWords = {"debug", "info", "warn", "error"};
  return kWords.at(static_cast<std::size_t>(level));
}

LogField::LogField(std::string_view k, std::string_view trusted)
    : key(k), value(base::UntrustedText(trusted, kMaxLogValueBytes).for_terminal()) {}

LogField::LogField(std::string_view k, const base::UntrustedText& text)
    : key(k),
      value(text.size() > kMaxLogValueBytes ? base::UntrustedText(text.raw(), kMaxLogValueBytes).for_terminal()
                                            : text.for_terminal()) {}

void append_field(std::string& line, const LogField& field) {
  line.append(" ").append(field.key).append("=").append(base::quoted_for_log(field.value));
}

}  // namespace holter::env
