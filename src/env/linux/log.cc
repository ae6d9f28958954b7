#include "env/linux/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <string>

namespace holter::env_linux {
namespace {

spdlog::level::level_enum level_of(env::LogLevel level) {
  switch (level) {
    case env::LogLevel::debug: return spdlog::level::debug;
    case env::LogLevel::info: return spdlog::level::info;
    case env::LogLevel::warn: return spdlog::level::warn;
    case env::LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

class StderrLog final : public env::Log {
 public:
  explicit StderrLog(env::LogLevel level) : logger_("holter", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc));
    logger_.set_level(level_of(level));
  }

  void write(env::LogLevel level, std::string_view component, std::string_view message,
             std::initializer_list<env::LogField> fields) override {
    if (!logger_.should_log(level_of(level))) return;
    std::string line(component);
    line.append(": ").append(message);
    for (const env::LogField& field : fields) line.append(" ").append(field.key).append("=").append(field.value);
    logger_.log(level_of(level), line);
  }

 private:
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<env::Log> make_stderr_log(env::LogLevel level) { return std::make_unique<StderrLog>(level); }

}  // namespace holter::env_linux
