// LogBook keeps the log lines of one simulated host, over crashes, for tests to search. An `error` line means a human
// must act, so it fails the run unless the scenario allowed its text. At most kMaxLogLines; further ones are counted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "env/log.h"
#include "sim/timeline.h"

namespace holter::sim {

inline constexpr std::size_t kMaxLogLines = 100'000;

struct LogLine {
  base::Instant at;
  env::LogLevel level = env::LogLevel::debug;
  std::string text;  // "component: message key=value ..."
};

class LogBook final : public env::Log {
 public:
  explicit LogBook(Timeline& timeline) : timeline_(timeline) {}

  void write(env::LogLevel level, std::string_view component, std::string_view message,
             std::initializer_list<env::LogField> fields) override;

  const std::vector<LogLine>& lines() const { return lines_; }
  std::uint64_t dropped() const { return dropped_; }
  std::size_t count(std::string_view part) const;
  // Errors that hold `part` are expected in this scenario.
  void allow_error(std::string part) { allowed_.push_back(std::move(part)); }
  std::vector<std::string> unexpected_errors() const;

 private:
  Timeline& timeline_;
  std::vector<LogLine> lines_;
  std::uint64_t dropped_ = 0;
  std::vector<std::string> allowed_;
};

}  // namespace holter::sim
