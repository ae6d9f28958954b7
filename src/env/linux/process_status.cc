#include "env/linux/process_status.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

#include "env/linux/os_error.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

constexpr std::size_t kStatusLimit = 16 * 1024;

// The first number of the line "name:\t...", in `base`; 0 when there is none.
std::uint64_t field(std::string_view status, std::string_view name, int base, int skip_numbers = 0) {
  const std::string start = "\n" + std::string(name) + ":\t";
  auto at = status.find(start);
  if (at == std::string_view::npos) return 0;
  at += start.size();
  for (; skip_numbers > 0; --skip_numbers) at = status.find('\t', at) + 1;
  std::uint64_t value = 0;
  std::from_chars(status.data() + at, status.data() + status.size(), value, base);
  return value;
}

}  // namespace

base::Result<ProcessPower> process_power(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/status";
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return os_error("cannot open " + path, errno);
  std::array<char, kStatusLimit> buffer{};
  std::size_t size = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data() + size, buffer.size() - size);
    if (got < 0) return os_error("cannot read " + path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  const std::string_view status(buffer.data(), size);
  if (status.find("\nCapEff:") == std::string_view::npos) {
    return base::Error{base::ErrorKind::unsupported, path + " says nothing about capabilities"};
  }
  ProcessPower power;
  power.inheritable = field(status, "CapInh", 16);
  power.permitted = field(status, "CapPrm", 16);
  power.effective = field(status, "CapEff", 16);
  power.bounding = field(status, "CapBnd", 16);
  power.ambient = field(status, "CapAmb", 16);
  power.no_new_privileges = field(status, "NoNewPrivs", 10) == 1;
  power.seccomp = field(status, "Seccomp", 10) != 0;
  power.user = static_cast<std::uint32_t>(field(status, "Uid", 10, 1));
  return power;
}

base::Result<bool> no_capabilities(pid_t pid) {
  const auto power = process_power(pid);
  if (!power) return power.error();
  return power->none();
}

}  // namespace holter::env_linux
