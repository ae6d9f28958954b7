#include "env/linux/privileges.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string_view>

#include "env/linux/data_directory.h"
#include "env/linux/identity.h"
#include "env/linux/os_error.h"
#include "env/linux/process_status.h"

namespace holter::env_linux {
namespace {

constexpr int kLastPossibleCapability = 63;

std::optional<std::uint32_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return {};
  const std::string_view view(text);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value);
  if (error != std::errc() || end != view.data() + view.size()) return {};
  return value;
}

std::optional<Account> holter_account() {
  const passwd* entry = ::getpwnam("holter");
  if (entry == nullptr) return {};
  return Account{entry->pw_uid, entry->pw_gid};
}

// Lines of "first-inside first-outside count" (user_namespaces(7)). Without the file there are no user namespaces.
bool map_has(const char* path, std::uint32_t id) {
  std::ifstream map(path);
  if (!map) return true;
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  while (map >> inside >> outside >> count) {
    if (id >= inside && id - inside < count) return true;
  }
  return false;
}

bool is_mapped(Account account) {
  return map_has("/proc/self/uid_map", account.user) && map_has("/proc/self/gid_map", account.group);
}

base::Result<void> become(Account account) {
  if (::setgroups(0, nullptr) != 0) return os_error("cannot leave the groups of root", errno);
  if (::setresgid(account.group, account.group, account.group) != 0) {
    return os_error("cannot become gid " + std::to_string(account.group), errno);
  }
  if (::setresuid(account.user, account.user, account.user) != 0) {
    return os_error("cannot become uid " + std::to_string(account.user), errno);
  }
  return {};
}

base::Result<void> empty_capabilities() {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  capng_clear(CAPNG_SELECT_CAPS);
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) return os_error("cannot give up the capabilities", EPERM);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return os_error("cannot set no_new_privs", errno);
  const auto none = no_capabilities(::getpid());
  if (!none) return none.error();
  if (!*none) return base::Error{base::ErrorKind::permission, "a capability is left after all were given up"};
  return {};
}

// Needs CAP_SETPCAP, so it comes before all else; without it no_new_privs makes the bounding set meaningless.
void empty_bounding_set() {
  for (int capability = 0; capability <= kLastPossibleCapability; ++capability) {
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
}

base::Result<Identity> find_identity(const std::string& data_directory) {
  const auto data =
      data_directory.empty() ? base::Result<DataDirectory>(DataDirectory()) : inspect_data_directory(data_directory);
  if (!data) return data.error();
  IdentityFacts facts;
  facts.data_directory = data_directory;
  facts.now = {::geteuid(), ::getegid()};
  facts.data = *data;
  facts.sudo = sudo_account();
  facts.holter = holter_account();
  facts.is_mapped = is_mapped;
  return choose_identity(facts);
}

// One with files in it stays whose it is: whether it can be used shows later.
base::Result<void> give_runtime_directory(const std::string& path, const Identity& identity) {
  if (path.empty() || !identity.changes) return {};
  const auto found = inspect_data_directory(path);
  if (!found) return found.error();
  if (found->state == DataDirectory::State::used) return {};
  return give_data_directory(path, identity.account);
}

}  // namespace

base::Result<std::string> drop_privileges(const std::string& data_directory, const std::string& runtime_directory) {
  ::umask(077);
  const auto identity = find_identity(data_directory);
  if (!identity) return identity.error();
  if (identity->gives_directory && !data_directory.empty()) {
    if (auto given = give_data_directory(data_directory, identity->account); !given) return given.error();
  }
  if (auto given = give_runtime_directory(runtime_directory, *identity); !given) return given.error();
  empty_bounding_set();
  if (identity->changes) {
    if (auto became = become(identity->account); !became) return became.error();
  }
  if (auto emptied = empty_capabilities(); !emptied) return emptied.error();
  for (const auto& directory : {data_directory, runtime_directory}) {
    if (directory.empty()) continue;
    if (auto usable = use_data_directory(directory); !usable) return usable.error();
  }
  return "runs as uid " + std::to_string(identity->account.user) + " (" + identity->because +
         "), without any capability";
}

std::optional<Account> sudo_account() {
  const auto user = number_in("SUDO_UID");
  const auto group = number_in("SUDO_GID");
  if (!user || !group) return {};
  return Account{*user, *group};
}

}  // namespace holter::env_linux
