#include "env/linux/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <time.h>

namespace holter::env_linux {
namespace {

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";

std::string_view padded(env::LogLevel level) {
  switch (level) {
    case env::LogLevel::debug: return "debug ";
    case env::LogLevel::info: return "info  ";
    case env::LogLevel::warn: return "warn  ";
    case env::LogLevel::error: return "error ";
  }
  return "error ";
}

std::unique_ptr<spdlog::logger> logger_over(spdlog::sink_ptr sink) {
  auto logger = std::make_unique<spdlog::logger>("holter", std::move(sink));
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(kPattern, spdlog::pattern_time_type::utc));
  logger->set_level(spdlog::level::trace);
  return logger;
}

base::Instant now() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return base::Instant::from_nanoseconds(time.tv_sec * 1'000'000'000 + time.tv_nsec);
}

std::string text_of(std::string_view message, std::initializer_list<env::LogField> fields, std::uint64_t held_back) {
  std::string text(message);
  for (const env::LogField& field : fields) text.append(" ").append(field.key).append("=").append(field.value);
  if (held_back > 0) text.append(" held_back=").append(std::to_string(held_back));
  return text;
}

}  // namespace

ProgramLog::ProgramLog(LogLevels levels)
    : levels_(std::move(levels)),
      journal_(Journal::behind_stderr()),
      stderr_(logger_over(std::make_shared<spdlog::sinks::stderr_sink_st>())) {}

ProgramLog::~ProgramLog() = default;

base::Result<void> ProgramLog::add_file(const LogFile& file) {
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(file.path, file.rotate_size, file.keep);
    const std::lock_guard lock(mutex_);
    file_ = logger_over(std::move(sink));
    file_->flush_on(spdlog::level::trace);
    file_->set_error_handler([this, path = file.path, said = false](const std::string& why) mutable {
      if (!std::exchange(said, true)) stderr_->critical("error log: {} cannot be written: {}", path, why);
    });
  } catch (const spdlog::spdlog_ex& error) {
    return base::Error{base::ErrorKind::io, std::string("cannot log into ") + error.what()};
  }
  return {};
}

void ProgramLog::set_levels(LogLevels levels) {
  const std::lock_guard lock(mutex_);
  levels_ = std::move(levels);
}

bool ProgramLog::enabled(env::LogLevel level, std::string_view component) const {
  const std::lock_guard lock(mutex_);
  const auto own = levels_.components.find(component);
  return level >= (own == levels_.components.end() ? levels_.level : own->second);
}

void ProgramLog::write(env::LogLevel level, std::string_view component, std::string_view message,
                       std::initializer_list<env::LogField> fields) {
  if (!enabled(level, component)) return;
  const std::lock_guard lock(mutex_);
  // Whoever asked for debug asked for every line.
  const bool always = level == env::LogLevel::debug;
  const auto held_back = always ? std::optional<std::uint64_t>(0) : flood_.pass(component, message, now());
  if (!held_back) return;
  const std::string text = text_of(message, fields, *held_back);
  const std::string line = std::string(padded(level)).append(component).append(": ").append(text);
  const bool journaled = journal_ && journal_->send(journal_entry(level, component, message, text, fields));
  if (!journaled) stderr_->info("{}", line);
  if (file_) file_->info("{}", line);
}

std::unique_ptr<env::Log> make_stderr_log(env::LogLevel level) {
  return std::make_unique<ProgramLog>(LogLevels{level, {}});
}

}  // namespace holter::env_linux
