#include "env/linux/resolver.h"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/untrusted_text.h"
#include "env/linux/os_error.h"
#include "env/linux/socket_address.h"

namespace holter::env_linux {
namespace {

using Addresses = base::Result<std::vector<base::IpAddress>>;

base::Error lookup_error(const std::string& name, int code) {
  const int system_code = errno;
  const std::string what = "cannot resolve " + base::UntrustedText(name).for_log();
  if (code == EAI_SYSTEM) return os_error(what, system_code);
  const bool unknown = code == EAI_NONAME || code == EAI_NODATA;
  const auto kind = unknown             ? base::ErrorKind::not_found
                    : code == EAI_AGAIN ? base::ErrorKind::unreachable
                                        : base::ErrorKind::io;
  return {kind, what + ": " + gai_strerror(code)};
}

Addresses look_up(const std::string& name, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;  // else every address comes once per socket type
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(name.c_str(), nullptr, &hints, &list); code != 0) return lookup_error(name, code);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);
  std::vector<base::IpAddress> addresses;
  for (const addrinfo* entry = list; entry != nullptr && addresses.size() < kMaxAddresses; entry = entry->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, entry->ai_addr, std::min<std::size_t>(entry->ai_addrlen, sizeof storage));
    const auto endpoint = endpoint_of(storage);
    if (endpoint && std::ranges::find(addresses, endpoint->address) == addresses.end()) {
      addresses.push_back(endpoint->address);
    }
  }
  return addresses;
}

}  // namespace

env::Task<Addresses> resolve(env::Offload& worker, std::string name) {
  if (const auto literal = base::IpAddress::parse(name)) co_return std::vector{*literal};
  if (name.empty() || name.size() > kMaxNameBytes || name.find('\0') != name.npos) {
    co_return base::Error{base::ErrorKind::invalid, "a name to resolve has 1 to 253 bytes and no NUL"};
  }
  // "fe80::1%eth0": no question to anybody, so no need to wait for the worker.
  if (name.find('%') != name.npos) co_return look_up(name, AI_NUMERICHOST);
  auto work = [&name] { return look_up(name, 0); };
  auto result = co_await worker.run(std::move(work));
  co_return result;
}

}  // namespace holter::env_linux
