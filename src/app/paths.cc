#include "app/paths.h"

#include <unistd.h>

#include <cstdlib>

namespace holter::app {
namespace {

// The variable when it is set to an absolute path, as XDG demands; else empty.
std::string absolute(const UserFacts& user, const std::string& name) {
  const auto found = user.environment.find(name);
  return found != user.environment.end() && found->second.starts_with('/') ? found->second : std::string();
}

// root's own login directory is closed to the user that a holter started by root becomes.
std::string login_runtime(const UserFacts& user) {
  const auto directory = absolute(user, "XDG_RUNTIME_DIR");
  return user.is_root && directory == "/run/user/0" ? "" : directory;
}

std::string default_data(const UserFacts& user) {
  if (const auto directory = absolute(user, "XDG_DATA_HOME"); !directory.empty()) return directory + "/holter";
  if (user.is_root) return "/var/lib/holter";
  return absolute(user, "HOME") + "/.local/share/holter";
}

}  // namespace

Paths paths_of(const UserFacts& user, const std::string& data, const std::string& runtime) {
  Paths paths;
  paths.data = data.empty() ? default_data(user) : data;
  if (!runtime.empty()) {
    paths.runtime = runtime;
  } else if (const auto directory = login_runtime(user); !directory.empty()) {
    paths.runtime = directory + "/holter";
  } else {
    paths.runtime = user.is_root ? "/run/holter" : paths.data + "/run";
  }
  return paths;
}

std::string history_of(const UserFacts& user) {
  if (const auto directory = absolute(user, "XDG_STATE_HOME"); !directory.empty()) return directory + "/holter/history";
  const auto home = absolute(user, "HOME");
  return home.empty() ? "" : home + "/.local/state/holter/history";
}

UserFacts this_user() {
  UserFacts user;
  user.is_root = geteuid() == 0;
  for (const char* name :
       {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "HOLTER_KEY"}) {
    if (const char* value = std::getenv(name)) user.environment[name] = value;
  }
  return user;
}

}  // namespace holter::app
