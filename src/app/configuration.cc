#include "app/configuration.h"

#include "env/linux/files.h"
#include "env/log.h"
#include "filter/packet_filter.h"
#include "heartbeat/cron.h"
#include "probe/probers.h"

namespace holter::app {
namespace {

template <class Value>
std::optional<std::string> mistake_of(const base::Result<Value>& result) {
  return result ? std::nullopt : std::optional(result.error().message);
}

std::optional<config::ProbeMistake> probe_mistake(const record::ProbePlan& plan) {
  const auto mistake = probe::Probers::mistake_in(plan);
  if (!mistake) return std::nullopt;
  return config::ProbeMistake{std::string(mistake->key), mistake->text};
}

config::Checks checks() {
  config::Checks checks;
  checks.probe = probe_mistake;
  checks.module = [](const record::ProbePlan& module) { return probe_mistake(with_some_target(module)); };
  checks.filter = filter::packet_filter_mistake;
  checks.cron = [](const std::string& expression) { return mistake_of(heartbeat::CronExpression::parse(expression)); };
  checks.time_zone = [](const std::string& name) { return mistake_of(heartbeat::TimeZone::find(name)); };
  checks.components.assign(env::kLogComponents.begin(), env::kLogComponents.end());
  return checks;
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

enum class Sight : std::uint8_t { there, hidden, missing };

Sight look_for(const std::string& path) {
  env_linux::Files files;
  const auto file = files.open(path, env::OpenMode::read);
  if (file) return Sight::there;
  if (file.error().kind == base::ErrorKind::permission) return Sight::hidden;
  return file.error().kind == base::ErrorKind::not_found ? Sight::missing : Sight::there;
}

}  // namespace

std::optional<std::string> found_config(const UserFacts& user) {
  std::string own;
  const auto& environment = user.environment;
  if (const auto config = environment.find("XDG_CONFIG_HOME"); config != environment.end()) {
    own = config->second + "/holter/holter.toml";
  } else if (const auto home = environment.find("HOME"); home != environment.end() && !user.is_root) {
    own = home->second + "/.config/holter/holter.toml";
  }
  // A home that this user may not enter is somebody else's (sudo -u, a service): there is nothing of this user's in it.
  if (!own.empty() && look_for(own) == Sight::there) return own;
  const std::string shared = "/etc/holter/holter.toml";
  return look_for(shared) == Sight::missing ? std::nullopt : std::optional(shared);
}

record::ProbePlan with_some_target(record::ProbePlan module) {
  switch (module.kind) {
    case record::ProbeKind::tcp:
    case record::ProbeKind::udp: module.target = "192.0.2.1:1"; break;
    default: module.target = "192.0.2.1"; break;
  }
  return module;
}

std::variant<config::Loaded, config::Mistakes> load(const ConfigSource& source) {
  env_linux::Files files;
  return config::load(files, source.path, source.overrides, checks());
}

std::string config_in_words(const config::Settings& settings) {
  return counted(settings.probes.size(), "probe") + ", " + counted(settings.sessions.size(), "session");
}

}  // namespace holter::app
