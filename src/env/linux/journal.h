// The systemd journal, spoken to in its native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/), so that a
// service's log keeps its fields: `journalctl HOLTER_COMPONENT=heartbeat`. Without libsystemd: the protocol is a
// datagram of lines, and entries stay small enough for one. Never waits. Any thread.
#pragma once

#include <sys/un.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "env/linux/unique_fd.h"
#include "env/log.h"

namespace holter::env_linux {

inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

// Whether the file behind `fd` is the journal's stream; `named` is $JOURNAL_STREAM, "device:inode".
bool is_journal(std::string_view named, int fd);

// One entry: PRIORITY, SYSLOG_IDENTIFIER, MESSAGE (component, message and fields as in a line), HOLTER_COMPONENT,
// HOLTER_EVENT (the message alone) and HOLTER_<KEY> for every field. Pure.
std::string journal_entry(env::LogLevel level, std::string_view component, std::string_view message,
                          std::initializer_list<env::LogField> fields);

class Journal {
 public:
  enum class Sent : unsigned char {
    taken,
    busy,     // its queue is full: later
    refused,  // nobody is there, or the entry is too large
  };

  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&& other) noexcept;
  ~Journal();

  // That of the socket at `path`; it need not be there yet.
  static std::optional<Journal> at(const std::string& path);

  Sent send(const std::string& entry) const;

 private:
  Journal(UniqueFd socket, const sockaddr_un& address) : socket_(std::move(socket)), address_(address) {}

  UniqueFd socket_;
  sockaddr_un address_;
};

}  // namespace holter::env_linux
