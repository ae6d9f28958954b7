#include "env/linux/log.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace holter::env_linux {
namespace {

using env::LogLevel;

constexpr std::string_view kOwn = "holter";  // the component of what the log says about itself

std::int64_t nanoseconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

base::Instant now() { return base::Instant::from_nanoseconds(nanoseconds_of(CLOCK_BOOTTIME)); }
base::WallTime wall_now() { return base::WallTime::from_nanoseconds(nanoseconds_of(CLOCK_REALTIME)); }

std::size_t place_of(std::string_view component) {
  return static_cast<std::size_t>(std::ranges::find(env::kLogComponents, component) - env::kLogComponents.begin());
}

std::string_view variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

// All of it, unless nobody takes it: then there is nobody to be told.
void write_all(int fd, std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(fd, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

// "1,234"
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

}  // namespace

LogOutput LogOutput::of_process() {
  LogOutput output;
  const bool coloured = ::isatty(output.fd) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  output.colours = coloured ? Colours::ansi : Colours::none;
  if (is_journal(variable("JOURNAL_STREAM"), output.fd)) output.journal = Journal::at(kJournalSocket);
  return output;
}

ProgramLog::ProgramLog(const env::LogLevels& levels, LogOutput output) : output_(std::move(output)) {
  set_levels(levels);
}

ProgramLog::~ProgramLog() {
  const std::lock_guard lock(mutex_);
  put_held(flood_.take_all());
}

base::Result<void> ProgramLog::add_file(const LogFile& file) {
  auto opened = RotatedFile::open(file);
  if (!opened) return opened.error();
  const std::lock_guard lock(mutex_);
  file_ = std::move(*opened);
  return {};
}

void ProgramLog::reopen() {
  const std::lock_guard lock(mutex_);
  if (!file_) return;
  if (const auto opened = file_->reopen(); !opened) file_failed(opened.error());
}

void ProgramLog::set_levels(const env::LogLevels& levels) {
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const auto own = i < env::kLogComponents.size() ? levels.components.find(std::string(env::kLogComponents.at(i)))
                                                    : levels.components.end();
    levels_.at(i).store(own == levels.components.end() ? levels.level : own->second, std::memory_order_relaxed);
  }
}

bool ProgramLog::enabled(LogLevel level, std::string_view component) const {
  return level >= levels_.at(place_of(component)).load(std::memory_order_relaxed);
}

void ProgramLog::write(LogLevel level, std::string_view component, std::string_view message,
                       std::initializer_list<env::LogField> fields) {
  if (!enabled(level, component)) return;
  const std::lock_guard lock(mutex_);
  const base::Instant at = now();
  put_held(flood_.take_held(at));
  if (flood_.admit(level, component, message, at)) put(level, component, message, fields);
}

void ProgramLog::tell_held() {
  const std::lock_guard lock(mutex_);
  put_held(flood_.take_held(now()));
}

void ProgramLog::put_held(const std::vector<LogFlood::Held>& held) {
  for (const auto& one : held) {
    put(one.level, one.component, "… " + grouped(one.lines) + " more like this", {{"like", one.message}});
  }
}

void ProgramLog::put(LogLevel level, std::string_view component, std::string_view message,
                     std::initializer_list<env::LogField> fields) {
  put_out(level, component, message, fields);
  if (file_) put_file(level, component, message, fields);
}

void ProgramLog::put_out(LogLevel level, std::string_view component, std::string_view message,
                         std::initializer_list<env::LogField> fields) {
  const std::string text = log_text(message, fields);
  if (output_.journal) {
    if (lost_ > 0) {
      const auto note = {env::LogField("lines", lost_)};
      constexpr std::string_view kLost = "lines are missing here: the journal was busy";
      if (output_.journal->send(journal_entry(LogLevel::warn, kOwn, kLost, note)) == Journal::Sent::taken) lost_ = 0;
    }
    const auto sent = output_.journal->send(journal_entry(level, component, message, fields));
    if (sent == Journal::Sent::busy) ++lost_;
    if (sent != Journal::Sent::refused) return;
  }
  write_all(output_.fd, log_line(wall_now(), level, component, text, output_.colours));
}

void ProgramLog::put_file(LogLevel level, std::string_view component, std::string_view message,
                          std::initializer_list<env::LogField> fields) {
  std::string lines;
  if (missing_ > 0) {
    const auto note = log_text("lines are missing here: the file could not be written", {{"lines", missing_}});
    lines = log_line(wall_now(), LogLevel::warn, kOwn, note, Colours::none);
  }
  // Both or none, or the note would take the room of what it tells of.
  lines += log_line(wall_now(), level, component, log_text(message, fields), Colours::none);
  if (const auto appended = file_->append(lines); !appended) return file_failed(appended.error());
  if (missing_ == 0) return;
  put_out(LogLevel::info, kOwn, "the log file is written again", {{"file", file_->path()}, {"missing", missing_}});
  missing_ = 0;
}

// Said once, until it goes again.
void ProgramLog::file_failed(const base::Error& error) {
  if (missing_++ > 0) return;
  put_out(LogLevel::warn, kOwn, "the log file is not written; lines are said here alone", {{"why", error.message}});
}

std::unique_ptr<env::Log> make_stderr_log(LogLevel level) {
  return std::make_unique<ProgramLog>(env::LogLevels{level, {}});
}

}  // namespace holter::env_linux
