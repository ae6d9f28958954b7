#include "app/setting_options.h"

#include <algorithm>

#include "config/keys.h"
#include "env/log_levels.h"

namespace holter::app {
namespace {

using cli::Kind;

constexpr unsigned kHubs = 1U << static_cast<unsigned>(Role::run) | 1U << static_cast<unsigned>(Role::hub);
constexpr unsigned kCapturing = 1U << static_cast<unsigned>(Role::run) | 1U << static_cast<unsigned>(Role::agent);
constexpr unsigned kHub = 1U << static_cast<unsigned>(Role::hub);
constexpr unsigned kAgent = 1U << static_cast<unsigned>(Role::agent);
constexpr unsigned kAll = kHubs | kAgent;
constexpr const char* kLogLevels = "--log-level";

struct SettingOption {
  const char* key;
  const char* name;
  const char* value;  // empty: a flag
  Kind kind = Kind::text;
  unsigned roles = kAll;
  char letter = '\0';
  bool repeats = false;
  std::vector<std::string> choices = {};  // of a flag: the value that it stands for, else true
  std::string_view help = {};             // empty: the setting's
};

const std::vector<SettingOption>& table() {
  static const std::vector<SettingOption> kTable = {
      {"agent.hub", "--hub", "HOST[:PORT]", Kind::host, kAgent},
      {"store.directory", "--data", "DIR", Kind::directory},
      {"runtime", "--runtime", "DIR", Kind::directory},
      {"name", "--name", "NAME", Kind::name},
      {"capture.interface", "--interface", "NAME", Kind::interface, kCapturing, 'i', true},
      {"capture.keep", "--filter", "EXPR", Kind::text, kCapturing},
      {"http.listen", "--http", "ADDR:PORT", Kind::endpoint, kHubs},
      {"hub.listen", "--listen", "ADDR:PORT", Kind::endpoint, kHub},
      {"heartbeat.listen", "--pulses", "ADDR:PORT", Kind::endpoint, kHubs, '\0', true},
      {"heartbeat.lines", "--lines", "ADDR:PORT", Kind::endpoint, kHubs, '\0', true},
      {"probes.targets", "--targets", "SET", Kind::choice, kHubs, '\0', false, {"found", "loopback", "none"}},
      {"store.budget", "--budget", "SIZE", Kind::size, kHubs},
      {"log.level",
       kLogLevels,
       "LEVELS",
       Kind::text,
       kAll,
       '\0',
       false,
       {},
       "debug, info, warn or error; single components after commas: info,heartbeat=debug"},
      {"log.level", "--debug", "", Kind::text, kAll, '\0', false, {"debug"}, "Log everything, every heartbeat too"},
      {"log.file", "--log-file", "FILE", Kind::file},
      {"insecure", "--insecure", ""},
  };
  return kTable;
}

bool has(const SettingOption& option, Role role) { return (option.roles >> static_cast<unsigned>(role) & 1U) != 0; }

config::Value value_of(const SettingOption& option, const cli::Arguments& arguments) {
  config::Value value;
  if (*option.value == '\0' && !option.choices.empty()) {
    value.text = option.choices.front();
  } else if (*option.value == '\0') {
    value.kind = config::Value::Kind::boolean;
    value.boolean = true;
  } else if (option.repeats) {
    value.kind = config::Value::Kind::array;
    for (const auto& text : arguments.texts(option.name)) value.items.emplace_back().text = text;
  } else {
    value.text = arguments.text(option.name);
  }
  return value;
}

config::Value text_value(std::string text) {
  config::Value value;
  value.text = std::move(text);
  return value;
}

// One option, two keys.
void add_log_levels(const env::LogLevels& levels, std::vector<config::Override>& overrides) {
  overrides.push_back({"log.level", text_value(std::string(to_string(levels.level))), kLogLevels});
  config::Value components;
  components.kind = config::Value::Kind::table;
  for (const auto& [component, level] : levels.components) {
    components.members.push_back(text_value(std::string(to_string(level))));
    components.members.back().key = component;
  }
  if (!components.members.empty()) overrides.push_back({"log.levels", components, kLogLevels});
}

}  // namespace

std::vector<cli::Option> setting_options(Role role) {
  std::vector<cli::Option> options;
  for (const auto& option : table()) {
    if (!has(option, role)) continue;
    const auto key = std::ranges::find(config::settings_keys(), option.key, &config::Key<config::Settings>::name);
    options.push_back({.name = option.name,
                       .letter = option.letter,
                       .value = option.value,
                       .help = std::string(option.help.empty() ? key->help : option.help),
                       .kind = option.kind,
                       .choices = option.choices,
                       .repeats = option.repeats});
  }
  return options;
}

base::Result<std::vector<config::Override>> overrides_of(const cli::Arguments& arguments, Role role) {
  std::vector<config::Override> overrides;
  for (const auto& option : table()) {
    if (!has(option, role) || !arguments.has(option.name)) continue;
    if (std::string_view(option.name) != kLogLevels) {
      overrides.push_back({option.key, value_of(option, arguments), option.name});
      continue;
    }
    const auto levels = env::parse_log_levels(arguments.text(kLogLevels));
    if (!levels) return base::with_context(kLogLevels, levels.error());
    add_log_levels(*levels, overrides);
  }
  return overrides;
}

}  // namespace holter::app
