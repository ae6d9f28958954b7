#include "env/linux/port_owner.h"

#include <dirent.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/untrusted_text.h"

namespace holter::env_linux {
namespace {

constexpr std::string_view kListening = "0A";
using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

template <class Number>
Number number_in(std::string_view text, int base) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() ? value : Number(0);
}

BoundSocket find_socket(const char* table, PortKind kind, std::uint16_t port) {
  std::ifstream lines(table);
  std::string line;
  for (std::size_t n = 0; n < kMaxSocketLines && std::getline(lines, line); ++n) {
    const BoundSocket found = bound_socket(line, kind, port);
    if (found.inode != 0) return found;
  }
  return {};
}

bool has_socket(const std::string& process, const std::string& wanted) {
  const std::string path = "/proc/" + process + "/fd";
  const Directory descriptors(::opendir(path.c_str()), ::closedir);
  if (!descriptors) return false;
  while (const dirent* entry = ::readdir(descriptors.get())) {
    std::array<char, 64> target{};
    const ssize_t size = ::readlinkat(::dirfd(descriptors.get()), entry->d_name, target.data(), target.size());
    if (size > 0 && std::string_view(target.data(), static_cast<std::size_t>(size)) == wanted) return true;
  }
  return false;
}

std::string process_with(std::uint64_t inode) {
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  const Directory processes(::opendir("/proc"), ::closedir);
  if (!processes) return "";
  std::size_t looked_at = 0;
  while (const dirent* entry = ::readdir(processes.get())) {
    const std::string name = entry->d_name;
    if (number_in<std::uint32_t>(name, 10) == 0) continue;
    if (++looked_at > kMaxProcesses) return "";
    if (!has_socket(name, wanted)) continue;
    std::ifstream file("/proc/" + name + "/comm");
    std::string program;
    std::getline(file, program);
    return "process " + name + " (" + base::UntrustedText(program).for_terminal() + ")";
  }
  return "";
}

}  // namespace

// "  0: 0100007F:10B8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 12345 ..." (proc_net_tcp.rst)
BoundSocket bound_socket(std::string_view line, PortKind kind, std::uint16_t port) {
  std::istringstream words{std::string(line)};
  std::string slot, local, remote, state, queues, timer, retries, uid, timeout, inode;
  if (!(words >> slot >> local >> remote >> state >> queues >> timer >> retries >> uid >> timeout >> inode)) return {};
  const std::size_t colon = local.rfind(':');
  if (colon == std::string::npos) return {};
  if (number_in<std::uint16_t>(std::string_view(local).substr(colon + 1), 16) != port) return {};
  if (kind == PortKind::tcp && state != kListening) return {};
  return {number_in<std::uint32_t>(uid, 10), number_in<std::uint64_t>(inode, 10)};
}

std::string port_owner(PortKind kind, const base::Endpoint& local) {
  const bool tcp = kind == PortKind::tcp;
  const bool v4 = local.address.is_v4();
  // A socket of IPv6 may hold the port of IPv4 too, and the other way round not: the own family first.
  for (const bool first : {true, false}) {
    const bool look_v4 = v4 == first;
    const char* table =
        tcp ? (look_v4 ? "/proc/net/tcp" : "/proc/net/tcp6") : (look_v4 ? "/proc/net/udp" : "/proc/net/udp6");
    const BoundSocket found = find_socket(table, kind, local.port);
    if (found.inode == 0) continue;
    const std::string process = process_with(found.inode);
    return process.empty() ? "a process of uid " + std::to_string(found.uid) : process;
  }
  return "";
}

base::Error port_taken(PortKind kind, const base::Endpoint& local) {
  const std::string owner = port_owner(kind, local);
  return {base::ErrorKind::busy, (kind == PortKind::tcp ? "TCP " : "UDP ") + base::to_string(local) + " is taken" +
                                     (owner.empty() ? "" : " by " + owner)};
}

}  // namespace holter::env_linux
