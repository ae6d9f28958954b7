#include "env/linux/journal.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <cerrno>
#include <cstdint>

#include "env/linux/log_line.h"
#include "env/linux/unix_address.h"

namespace holter::env_linux {
namespace {

constexpr std::size_t kMaxFieldName = 64;

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

// The journal takes capital letters, digits and '_', and at most 64 of them.
std::string field_name(std::string_view key) {
  std::string name = "HOLTER_";
  for (const char c : key.substr(0, kMaxFieldName - name.size())) {
    const bool small = c >= 'a' && c <= 'z';
    const bool fits = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += small ? static_cast<char>(c - 'a' + 'A') : fits ? c : '_';
  }
  return name;
}

}  // namespace

std::string journal_entry(env::LogLevel level, std::string_view component, std::string_view message,
                          std::initializer_list<env::LogField> fields) {
  const std::string line = std::string(component) + ": " + log_text(message, fields);
  std::string entry;
  add(entry, "PRIORITY", priority_of(level));
  add(entry, "SYSLOG_IDENTIFIER", "holter");
  add(entry, "MESSAGE", line);
  add(entry, "HOLTER_COMPONENT", component);
  add(entry, "HOLTER_EVENT", message);
  for (const auto& field : fields) add(entry, field_name(field.key), field.value);
  return entry;
}

bool is_journal(std::string_view named, int fd) {
  struct stat status{};
  if (named.empty() || ::fstat(fd, &status) != 0) return false;
  return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino) == named;
}

Journal::Journal(Journal&& other) noexcept = default;
Journal& Journal::operator=(Journal&& other) noexcept = default;
Journal::~Journal() = default;

std::optional<Journal> Journal::at(const std::string& path) {
  const auto address = unix_address(path);
  UniqueFd made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!address || !made) return std::nullopt;
  return Journal(std::move(made), *address);
}

Journal::Sent Journal::send(const std::string& entry) const {
  // By address each time: the journal may be another one than before.
  const auto* to = reinterpret_cast<const sockaddr*>(&address_);
  if (::sendto(socket_.get(), entry.data(), entry.size(), MSG_NOSIGNAL, to, sizeof address_) >= 0) return Sent::taken;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? Sent::busy : Sent::refused;
}

}  // namespace holter::env_linux
