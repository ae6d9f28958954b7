#include "env/linux/journal.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "env/linux/unix_address.h"

namespace holter::env_linux {
namespace {

constexpr const char* kSocket = "/run/systemd/journal/socket";

// syslog(3)'s numbers.
std::string_view priority_of(env::LogLevel level) {
  switch (level) {
    case env::LogLevel::debug: return "7";
    case env::LogLevel::info: return "6";
    case env::LogLevel::warn: return "4";
    case env::LogLevel::error: return "3";
  }
  return "3";
}

// A value with a line break goes by length; the others as text.
void add(std::string& entry, std::string_view name, std::string_view value) {
  entry += name;
  if (value.find('\n') == std::string_view::npos) {
    entry.append("=").append(value).append("\n");
    return;
  }
  entry += '\n';
  std::uint64_t length = value.size();
  for (int byte = 0; byte < 8; ++byte, length >>= 8) entry += static_cast<char>(length & 0xff);
  entry.append(value).append("\n");
}

// The journal takes capital letters, digits and '_'.
std::string field_name(std::string_view key) {
  std::string name = "HOLTER_";
  for (const char c : key) {
    const bool small = c >= 'a' && c <= 'z';
    const bool fits = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += small ? static_cast<char>(c - 'a' + 'A') : fits ? c : '_';
  }
  return name;
}

}  // namespace

std::string journal_entry(env::LogLevel level, std::string_view component, std::string_view message,
                          std::string_view line, std::initializer_list<env::LogField> fields) {
  std::string entry;
  add(entry, "PRIORITY", priority_of(level));
  add(entry, "SYSLOG_IDENTIFIER", "holter");
  add(entry, "MESSAGE", line);
  add(entry, "HOLTER_COMPONENT", component);
  add(entry, "HOLTER_EVENT", message);
  for (const auto& field : fields) add(entry, field_name(field.key), field.value);
  return entry;
}

std::optional<Journal> Journal::behind_stderr() {
  const char* named = std::getenv("JOURNAL_STREAM");
  struct stat status{};
  if (named == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return std::nullopt;
  const std::string own = std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
  return own == named ? at(kSocket) : std::nullopt;
}

std::optional<Journal> Journal::at(const std::string& path) {
  const auto address = unix_address(path);
  UniqueFd made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!address || !made) return std::nullopt;
  const auto* to = reinterpret_cast<const sockaddr*>(&*address);
  if (::connect(made.get(), to, sizeof *address) != 0) return std::nullopt;
  return Journal(std::move(made));
}

bool Journal::send(const std::string& entry) const {
  return ::send(socket_.get(), entry.data(), entry.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(entry.size());
}

}  // namespace holter::env_linux
