// The program's log: one line an event (log_line.h) to standard error and, once asked for, into a file as well that is
// rotated by size (log_file.h). When standard error is the journal of systemd, the journal gets the same events with
// their fields instead of lines (journal.h). What is below a component's level costs next to nothing; what repeats too
// fast is counted (log_flood.h). A file or journal that takes nothing is counted and said, and ends nothing.
// Any thread; one Log serves all loops.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "env/linux/journal.h"
#include "env/linux/log_file.h"
#include "env/linux/log_flood.h"
#include "env/linux/log_line.h"
#include "env/log.h"
#include "env/log_levels.h"

namespace holter::env_linux {

// Where lines go that go to no file.
struct LogOutput {
  int fd = 2;
  Colours colours = Colours::none;
  std::optional<Journal> journal = {};

  // Standard error: with colours when it is a terminal, NO_COLOR is not set and TERM is not "dumb"; the journal when
  // standard error is the journal's.
  static LogOutput of_process();
};

class ProgramLog final : public env::Log {
 public:
  explicit ProgramLog(const env::LogLevels& levels, LogOutput output = LogOutput::of_process());
  ~ProgramLog() override;

  // Says everything in this file too. Call it with the privileges that the process keeps.
  base::Result<void> add_file(const LogFile& file);
  // Opens the file anew, for whoever renamed it; that it cannot be opened is said like any trouble with it.
  void reopen();
  void set_levels(const env::LogLevels& levels);
  // Says what was held back in the seconds before. write() does so too; this is for when nothing is said any more.
  void tell_held();

  bool enabled(env::LogLevel level, std::string_view component) const override;
  void write(env::LogLevel level, std::string_view component, std::string_view message,
             std::initializer_list<env::LogField> fields) override;

 private:
  // All with the mutex held.
  void put(env::LogLevel level, std::string_view component, std::string_view message,
           std::initializer_list<env::LogField> fields);
  void put_out(env::LogLevel level, std::string_view component, std::string_view message,
               std::initializer_list<env::LogField> fields);
  void put_file(env::LogLevel level, std::string_view component, std::string_view message,
                std::initializer_list<env::LogField> fields);
  void file_failed(const base::Error& error);
  void put_held(const std::vector<LogFlood::Held>& held);

  // By component, as in env::kLogComponents; the last is that of all others.
  std::array<std::atomic<env::LogLevel>, env::kLogComponents.size() + 1> levels_;
  std::mutex mutex_;  // of all below
  LogOutput output_;
  LogFlood flood_;
  std::optional<RotatedFile> file_;
  std::uint64_t missing_ = 0;  // lines that the file did not take since it last took one
  std::uint64_t lost_ = 0;     // the same of the journal
};

// For commands that end by themselves.
std::unique_ptr<env::Log> make_stderr_log(env::LogLevel level);

}  // namespace holter::env_linux
