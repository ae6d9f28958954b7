// The systemd journal, spoken to in its native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/), so that a
// service's log keeps its fields: `journalctl HOLTER_COMPONENT=heartbeat`. No library. Any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "env/linux/unique_fd.h"
#include "env/log.h"

namespace holter::env_linux {

// One entry: PRIORITY, MESSAGE, SYSLOG_IDENTIFIER, HOLTER_COMPONENT and HOLTER_<KEY> for every field.
std::string journal_entry(env::LogLevel level, std::string_view component, std::string_view message,
                          std::string_view line, std::initializer_list<env::LogField> fields);

class Journal {
 public:
  // When standard error is the journal's ($JOURNAL_STREAM names its device and inode); else empty.
  static std::optional<Journal> behind_stderr();
  // Of a socket elsewhere.
  static std::optional<Journal> at(const std::string& path);

  // False when the journal did not take it.
  bool send(const std::string& entry) const;

 private:
  explicit Journal(UniqueFd socket) : socket_(std::move(socket)) {}

  UniqueFd socket_;
};

}  // namespace holter::env_linux
