// Log says what happens, one line an event, `key=value` fields. Levels are a contract:
//
//   error  a human must act        warn  holter works around it, somebody should know
//   info   a step a user cares about ("hub accepted")     debug  for whoever looks for a defect
//
// Cores never log; they return values. Values from outside go in as UntrustedText, and at most kMaxLogValueBytes of one
// are shown. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"
#include "base/untrusted_text.h"

namespace holter::env {

inline constexpr std::size_t kMaxLogValueBytes = 4'096;

enum class LogLevel : std::uint8_t { debug, info, warn, error };
inline constexpr std::size_t kLogLevelCount = 4;

// "debug", "info", "warn", "error": the same words in lines, options and configuration.
std::string_view to_string(LogLevel level);

// Who speaks in the log; levels can be set for each. tidy.log_words compares this with the log calls of the sources.
inline constexpr std::array<std::string_view, 11> kLogComponents = {
    "capture", "config", "heartbeat", "holter", "http", "network", "notify", "probe", "spool", "store", "uplink"};

struct LogField {
  LogField(std::string_view k, std::string_view trusted);
  LogField(std::string_view k, const char* trusted) : LogField(k, std::string_view(trusted)) {}
  LogField(std::string_view k, const std::string& trusted) : LogField(k, std::string_view(trusted)) {}
  LogField(std::string_view k, const base::UntrustedText& text);
  LogField(std::string_view k, base::Duration d) : LogField(k, base::to_string(d)) {}
  LogField(std::string_view k, const base::Endpoint& e) : LogField(k, base::to_string(e)) {}
  LogField(std::string_view k, const base::Error& e) : LogField(k, base::to_string(e)) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  LogField(std::string_view k, Number n) : key(k), value(std::to_string(n)) {}

  std::string_view key;
  std::string value;  // safe to show, not quoted
};

// " key=value", quoted where it has to be.
void append_field(std::string& line, const LogField& field);

class Log {
 public:
  virtual ~Log() = default;

  // Whether such a line would be written; for what is dear to put together.
  virtual bool enabled(LogLevel level, std::string_view component) const {
    static_cast<void>(component);
    return level > LogLevel::debug;
  }
  // `component` and `message` are the program's own words; the components are kLogComponents. A message holds no '='.
  virtual void write(LogLevel level, std::string_view component, std::string_view message,
                     std::initializer_list<LogField> fields) = 0;

  void debug(std::string_view c, std::string_view m, std::initializer_list<LogField> f = {}) {
    write(LogLevel::debug, c, m, f);
  }
  void info(std::string_view c, std::string_view m, std::initializer_list<LogField> f = {}) {
    write(LogLevel::info, c, m, f);
  }
  void warn(std::string_view c, std::string_view m, std::initializer_list<LogField> f = {}) {
    write(LogLevel::warn, c, m, f);
  }
  void error(std::string_view c, std::string_view m, std::initializer_list<LogField> f = {}) {
    write(LogLevel::error, c, m, f);
  }
};

}  // namespace holter::env
