// The program's log. One line an event, to standard error and, once asked for, into a file that is rotated by size:
//
//   2026-03-01T12:34:56.789Z info  uplink: connected hub=192.0.2.1:4281
//
// Times are UTC. Under systemd the journal gets the same events with their fields instead of the lines on standard
// error (journal.h). What is below a component's level is not formatted; what repeats too fast is counted
// (log_flood.h). Any thread; one Log serves all loops.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "env/linux/journal.h"
#include "env/linux/log_flood.h"
#include "env/log.h"

namespace spdlog {
class logger;
}

namespace holter::env_linux {

struct LogLevels {
  env::LogLevel level = env::LogLevel::info;
  std::map<std::string, env::LogLevel, std::less<>> components = {};
};

// Older files are NAME.1.EXT to NAME.<keep>.EXT, the newest first.
struct LogFile {
  std::string path;
  std::uint64_t rotate_size = 10ULL << 20;
  std::uint32_t keep = 5;
};

class ProgramLog final : public env::Log {
 public:
  explicit ProgramLog(LogLevels levels);
  ~ProgramLog() override;

  // Says everything in this file too. When it cannot be written later on (a full disk), that is said once on standard
  // error and the program goes on.
  base::Result<void> add_file(const LogFile& file);
  void set_levels(LogLevels levels);

  bool enabled(env::LogLevel level, std::string_view component) const override;
  void write(env::LogLevel level, std::string_view component, std::string_view message,
             std::initializer_list<env::LogField> fields) override;

 private:
  mutable std::mutex mutex_;  // of all below
  LogLevels levels_;
  LogFlood flood_;
  std::optional<Journal> journal_;
  std::unique_ptr<spdlog::logger> stderr_;
  std::unique_ptr<spdlog::logger> file_;
};

// For commands that end by themselves.
std::unique_ptr<env::Log> make_stderr_log(env::LogLevel level);

}  // namespace holter::env_linux
