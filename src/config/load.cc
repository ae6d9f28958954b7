#include "config/load.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "base/nearest.h"
#include "base/units.h"
#include "base/untrusted_text.h"
#include "base/url.h"
#include "config/keys.h"
#include "config/sources.h"
#include "store/options.h"

namespace holter::config {
namespace {

std::string in_quotes(std::string_view text) { return '\'' + base::UntrustedText(text).for_terminal() + '\''; }

// One level of names below `prefix`: of "store." they are "directory" and "budget".
std::vector<std::string> names_below(const std::string& prefix) {
  std::set<std::string> names;
  for (const auto& key : settings_keys()) {
    if (!key.name.starts_with(prefix)) continue;
    const auto rest = key.name.substr(prefix.size());
    names.emplace(rest.substr(0, rest.find('.')));
  }
  if (prefix.empty()) names.insert({"probe", "module", "session", "notify", "include"});
  return {names.begin(), names.end()};
}

// What keys were called before, which files may say still.
struct OldName {
  std::string_view old;
  std::string_view name;
};
constexpr auto kOldNames = std::to_array<OldName>({{"capture.filter", "capture.keep"}});

const Key<Settings>* find_key(std::string_view name) {
  const auto* const old = std::ranges::find(kOldNames, name, &OldName::old);
  if (old != kOldNames.end()) name = old->name;
  const auto found = std::ranges::find(settings_keys(), name, &Key<Settings>::name);
  return found == settings_keys().end() ? nullptr : &*found;
}

bool is_list(std::string_view name) {
  return name == "probe" || name == "module" || name == "session" || name == "notify";
}

bool is_table(const std::string& name) {
  return std::ranges::any_of(settings_keys(), [&](const auto& key) { return key.name.starts_with(name + '.'); });
}

class Loader {
 public:
  explicit Loader(const Checks& checks) : checks_(checks) {}

  void take(const Source& source) {
    file_ = source.file;
    const auto before = static_cast<std::ptrdiff_t>(mistakes.size());
    take_table(source.root, "");
    for (const auto& entry : source.list) take_listed(entry);
    std::ranges::sort(mistakes.begin() + before, mistakes.end(), {}, &Mistake::place);
  }

  void take(const Override& given) {
    file_ = given.option;
    take_value(*find_key(given.key), given.value);
    loaded_.origins[given.key] = given.option;
  }

  void check_whole() {
    auto& settings = loaded_.settings;
    if (settings.store.budget_bytes < store::kMinBudgetBytes) {
      wrong_at("store.budget", base::size_text(settings.store.budget_bytes) + " is too small; at least " +
                                   base::size_text(store::kMinBudgetBytes));
    }
    if (settings.heartbeat.limit < 1 || settings.heartbeat.limit > kMostSessions) {
      wrong_at("heartbeat.limit", "1 to 10000000");
    }
    if (settings.heartbeat.asks > kMaxAsks) wrong_at("heartbeat.asks", "at most 255");
    if (settings.heartbeat.pings.size() > kMaxPingPorts) wrong_at("heartbeat.pings", "at most 16 addresses");
    if (const auto why = unfit_for_jobs(settings.heartbeat.period)) wrong_at("heartbeat.period", *why);
    if (const auto why = unfit_for_jobs(settings.heartbeat.grace)) wrong_at("heartbeat.grace", *why);
    check_compat(settings.compat_heartbeats);
    if (settings.heartbeat.listen.empty()) wrong_at("heartbeat.listen", "at least one address and port is wanted");
    if (settings.heartbeat.certificate.empty() != settings.heartbeat.private_key.empty()) {
      const bool key_alone = settings.heartbeat.certificate.empty();
      wrong_at(key_alone ? "heartbeat.private_key" : "heartbeat.certificate",
               key_alone ? "its heartbeat.certificate is wanted too" : "its heartbeat.private_key is wanted too");
    }
    check_capture(settings.capture);
    if (const auto layout = recorder::layout_of(settings.recorder.ring); !layout) {
      const std::string& why = layout.error().message;
      const std::size_t colon = why.find(": ");
      wrong_at("recorder." + why.substr(0, colon), why.substr(colon + 2));
    }
    for (const auto& [component, level] : settings.log.levels) {
      if (checks_.components.empty() || std::ranges::find(checks_.components, component) != checks_.components.end())
        continue;
      wrong_at("log.levels",
               "there is no component " + in_quotes(component) + base::did_you_mean(component, checks_.components));
    }
  }

  void check_interfaces(const std::vector<std::string>& names) {
    if (names.size() > kMaxInterfaces) wrong_at("capture.interface", "at most 16 interfaces");
    for (auto name = names.begin(); name != names.end(); ++name) {
      if (name->empty()) wrong_at("capture.interface", "a name is empty");
      if (std::find(names.begin(), name, *name) != name)
        wrong_at("capture.interface", in_quotes(*name) + " is there twice");
    }
  }

  void check_capture(const CaptureSettings& capture) {
    check_interfaces(capture.interfaces.names);
    if (std::max<std::size_t>(capture.interfaces.names.size(), 1) * capture.workers.count > kMaxCaptureLoops) {
      wrong_at("capture.workers", "at most 64 in all, over all interfaces");
    }
    const auto check_filter = [this](const std::string& key, const std::string& filter) {
      if (filter.empty() || !checks_.filter) return;
      if (const auto why = checks_.filter(filter)) wrong_at(key, *why);
    };
    check_filter("capture.keep", capture.keep);
    for (const std::string& drop : capture.drop) check_filter("capture.drop", drop);
    if (capture.export_interval < base::Duration::seconds(1)) wrong_at("capture.export_interval", "at least 1s");
    if (capture.drop.size() > kMaxDropFilters) wrong_at("capture.drop", "at most 64 filters");
  }

  void check_compat(const CompatHeartbeatSettings& compat) {
    for (const auto& [key, port] : {std::pair("port", compat.port), std::pair("reply_port", compat.reply_port)}) {
      if (port == 0 || port > UINT16_MAX) wrong_at("compat.heartbeats." + std::string(key), "from 1 to 65535");
    }
    if (compat.pulses > kMaxAsks) wrong_at("compat.heartbeats.pulses", "at most 255");
    if (compat.timeout < base::Duration::seconds(1)) wrong_at("compat.heartbeats.timeout", "at least 1s");
    if (compat.port == compat.reply_port) wrong_at("compat.heartbeats.reply_port", "another one than port");
  }

  Mistakes mistakes;

  Loaded result() { return std::move(loaded_); }

 private:
  void wrong(Place place, std::string text) { mistakes.push_back({file_, place, std::move(text)}); }

  // A mistake that shows when all values are there: it stands where the value was set.
  void wrong_at(const std::string& key, const std::string& text) {
    const auto found = places_.find(key);
    const auto [file, place] = found == places_.end() ? std::pair(std::string("default"), Place()) : found->second;
    mistakes.push_back({file, place, key + ": " + text});
  }

  void take_table(const Value& table, const std::string& prefix) {
    for (const auto& member : table.members) {
      const std::string name = prefix + member.key;
      if (prefix.empty() && member.key == "include") continue;  // sources.cc followed it
      if (prefix.empty() && is_list(member.key)) {
        take_list(member);
      } else if (const auto* key = find_key(name)) {
        take_once(*key, member);
      } else if (!is_table(name)) {
        const std::string where = prefix.empty() ? "" : " in [" + prefix.substr(0, prefix.size() - 1) + ']';
        wrong(member.key_place,
              "unknown key " + in_quotes(member.key) + where + base::did_you_mean(member.key, names_below(prefix)));
      } else if (member.kind != Value::Kind::table) {
        wrong(member.key_place, "'" + name + "' is a table; write [" + name + "] and its keys below");
      } else {
        take_table(member, name + '.');
      }
    }
  }

  void take_once(const Key<Settings>& key, const Value& value) {
    const std::string name(key.name);
    if (const auto before = places_.find(name); before != places_.end()) {
      return wrong(value.key_place, "'" + name + "' is set already, at " + at(before->second));
    }
    take_value(key, value);
    loaded_.origins[name] = file_ + ':' + std::to_string(value.key_place.line);
  }

  void take_value(const Key<Settings>& key, const Value& value) {
    places_[std::string(key.name)] = {file_, value.key_place};
    if (const auto why = key.read(value, loaded_.settings)) wrong(value.place, std::string(key.name) + ": " + *why);
  }

  void take_list(const Value& list) {
    const std::string brackets = "[[" + list.key + "]]";
    if (list.kind != Value::Kind::array) return wrong(list.key_place, "write " + brackets + " with two brackets");
    for (const auto& item : list.items) {
      if (item.kind != Value::Kind::table) {
        wrong(item.place, brackets + " is a table with keys of its own");
      } else if (list.key == "probe") {
        take_probe(item);
      } else if (list.key == "module") {
        take_module(item);
      } else if (list.key == "notify") {
        take_notifier(item);
      } else {
        take_session(item);
      }
    }
  }

  // Reads the rows of one [[probe]] or [[session]]. Returns where each key stands.
  template <class Owner>
  std::map<std::string, Place> take_rows(const Value& item, std::span<const Key<Owner>> rows, Owner& into,
                                         std::string_view brackets) {
    std::map<std::string, Place> places;
    for (const auto& member : item.members) {
      const auto row = std::ranges::find(rows, member.key, &Key<Owner>::name);
      if (row == rows.end()) {
        std::vector<std::string> names;
        for (const auto& known : rows) names.emplace_back(known.name);
        wrong(member.key_place, "unknown key " + in_quotes(member.key) + " in " + std::string(brackets) +
                                    base::did_you_mean(member.key, names));
        continue;
      }
      places[member.key] = member.place;
      if (const auto why = row->read(member, into)) wrong(member.place, member.key + ": " + *why);
    }
    return places;
  }

  // The name of a probe or session must be there, and once in all files.
  void take_name(const Value& item, const std::string& what, const std::string& name, const std::string& shown) {
    const std::string key = what + ' ' + name;
    if (name.empty()) return wrong(item.place, shown + " needs a name");
    if (name.size() > kMaxNameBytes) return wrong(item.place, shown + ": the name is longer than 255 bytes");
    if (const auto before = places_.find(key); before != places_.end()) {
      return wrong(item.place, "there is another " + what + " named " + in_quotes(name) + ", at " + at(before->second));
    }
    places_[key] = {file_, item.place};
    loaded_.origins[key] = file_ + ':' + std::to_string(item.place.line);
  }

  void take_probe(const Value& item) {
    record::ProbePlan probe;
    auto places = take_rows(item, probe_keys(), probe, "[[probe]]");
    const auto at_key = [&](const char* key) { return places.contains(key) ? places[key] : item.place; };
    take_name(item, "probe", probe.name, "a [[probe]]");
    if (!places.contains("kind"))
      wrong(item.place, "a [[probe]] needs a kind: \"icmp\", \"tcp\", \"http\", \"dns\" or \"trace\"");
    if (!places.contains("timeout")) probe.timeout = record::default_timeout(probe.kind);
    if (probe.target.empty()) {
      wrong(at_key("target"), "a [[probe]] needs a target");
    } else if (checks_.probe && places.contains("kind")) {
      if (const auto mistake = checks_.probe(probe)) wrong(at_key(mistake->key.c_str()), mistake->text);
    }
    keep_probe(std::move(probe), item.place);
  }

  void take_module(const Value& item) {
    record::ProbePlan module;
    auto places = take_rows(item, module_keys(), module, "[[module]]");
    const auto at_key = [&](const char* key) { return places.contains(key) ? places[key] : item.place; };
    take_name(item, "module", module.name, "a [[module]]");
    if (!places.contains("kind")) wrong(item.place, "a [[module]] needs a kind, as a [[probe]] has it");
    if (!places.contains("timeout")) module.timeout = record::default_timeout(module.kind);
    if (checks_.module && places.contains("kind")) {
      if (const auto mistake = checks_.module(module)) wrong(at_key(mistake->key.c_str()), mistake->text);
    }
    auto& modules = loaded_.settings.modules;
    if (modules.size() == kMaxModules) wrong(item.place, "there are more than 1,000 modules");
    if (modules.size() < kMaxModules) modules.push_back(std::move(module));
  }

  // Of a list, which knows no other way to name a probe than its name.
  void take_listed(const imports::Entry& entry) {
    Value item;
    item.place = {entry.line, 1};
    take_name(item, "probe", entry.plan.name, "an entry");
    if (checks_.probe) {
      if (const auto mistake = checks_.probe(entry.plan)) wrong(item.place, mistake->text);
    }
    keep_probe(entry.plan, item.place);
  }

  void keep_probe(record::ProbePlan probe, Place place) {
    auto& probes = loaded_.settings.probes;
    if (probes.size() == record::kMaxPlanEntries) wrong(place, "there are more than 20,000 probes");
    if (probes.size() < record::kMaxPlanEntries) probes.push_back(std::move(probe));
  }

  void take_session(const Value& item) {
    SessionSettings session;
    auto places = take_rows(item, session_keys(), session, "[[session]]");
    const auto at_key = [&](const char* key) { return places.contains(key) ? places[key] : item.place; };
    take_name(item, "session", session.name, "a [[session]]");
    const bool multiplier = session.detect_multiplier >= 1 && session.detect_multiplier <= 255;
    if (!multiplier) wrong(at_key("detect_multiplier"), "detect_multiplier: from 1 to 255");
    if (session.asks && *session.asks > kMaxAsks) wrong(at_key("asks"), "asks: at most 255");
    check_schedule(session, at_key);
    check_traffic(session, at_key);
    auto& sessions = loaded_.settings.sessions;
    if (sessions.size() == kMaxSessions) wrong(item.place, "there are more than 20,000 sessions");
    if (sessions.size() < kMaxSessions) sessions.push_back(std::move(session));
  }

  void take_notifier(const Value& item) {
    notify::Options notifier;
    auto places = take_rows(item, notify_keys(), notifier, "[[notify]]");
    const auto at_key = [&](const char* key) { return places.contains(key) ? places[key] : item.place; };
    take_name(item, "notify", notifier.name, "a [[notify]]");
    if (places.contains("webhook") == places.contains("program")) {
      wrong(item.place, "a [[notify]] needs a webhook or a program, and not both");
    } else if (places.contains("webhook")) {
      const auto url = base::parse_http_url(notifier.webhook);
      if (!url) wrong(at_key("webhook"), "webhook: the URL " + url.error().message);
    } else if (notifier.program.empty() || !notifier.program.front().starts_with('/')) {
      wrong(at_key("program"), "program: a list that begins with the program's absolute path is wanted");
    }
    if (places.contains("secret_file") && places.contains("program")) {
      wrong(at_key("secret_file"), "secret_file is for webhooks");
    }
    if (notifier.timeout < notify::kLeastTimeout || notifier.timeout > notify::kMostTimeout) {
      wrong(at_key("timeout"), "timeout: from 100ms to 1m");
    }
    auto& notifiers = loaded_.settings.notifiers;
    if (notifiers.size() == notify::kMaxNotifiers) wrong(item.place, "there are more than 8 notifiers");
    if (notifiers.size() < notify::kMaxNotifiers) notifiers.push_back(std::move(notifier));
  }

  // A session comes at an interval, or is a job: then it has a period or a cron expression.
  template <class AtKey>
  void check_schedule(const SessionSettings& session, const AtKey& at_key) {
    const bool cron = !session.cron.empty();
    if (session.period.has_value() && cron) wrong(at_key("cron"), "cron: there is a period already; one of both");
    const bool job = session.period.has_value() || cron;
    const char* const key = cron ? "cron" : "period";
    if (job && session.interval) wrong(at_key(key), std::string(key) + ": there is an interval already; one of both");
    if (!job && session.grace) wrong(at_key("grace"), "grace: it belongs to a period or a cron expression");
    if (!cron && !session.time_zone.empty()) wrong(at_key("time_zone"), "time_zone: it belongs to a cron expression");
    for (const auto& [name, value] : {std::pair("period", session.period), std::pair("grace", session.grace)}) {
      if (const auto why = unfit_for_jobs(value)) wrong(at_key(name), name + (": " + *why));
    }
    if (cron && checks_.cron) {
      if (const auto why = checks_.cron(session.cron)) wrong(at_key("cron"), "cron: " + *why);
    }
    if (!session.time_zone.empty() && checks_.time_zone) {
      if (const auto why = checks_.time_zone(session.time_zone)) wrong(at_key("time_zone"), "time_zone: " + *why);
    }
  }

  // Who is heard by traffic comes at an interval, and an address is of one session.
  template <class AtKey>
  void check_traffic(const SessionSettings& session, const AtKey& at_key) {
    if (session.traffic.empty()) return;
    const Place place = at_key("traffic");
    if (session.period || !session.cron.empty()) {
      wrong(place, "traffic: a job is not known by its traffic; write an interval instead of a schedule");
    }
    if (session.interval && *session.interval < kMinTrafficInterval) {
      wrong(at_key("interval"), "interval: at least 1s for who is heard by traffic");
    }
    for (const base::IpAddress& address : session.traffic) {
      const std::string key = "traffic " + to_string(address);
      if (const auto before = places_.find(key); before != places_.end()) {
        wrong(place, "traffic: " + to_string(address) + " is there already, at " + at(before->second));
      }
      places_[key] = {file_, place};
    }
  }

  static Wrong unfit_for_jobs(std::optional<base::Duration> value) {
    if (!value || (*value >= kMinPeriod && *value <= kMaxPeriod)) return std::nullopt;
    return "from 1s to 366d";
  }

  static std::string at(const std::pair<std::string, Place>& where) {
    return base::UntrustedText(where.first).for_terminal() + ':' + std::to_string(where.second.line);
  }

  static constexpr std::size_t kMaxNameBytes = 255;
  static constexpr std::uint32_t kMaxAsks = 255;
  static constexpr std::size_t kMaxPingPorts = 16;
  static constexpr base::Duration kMinTrafficInterval = base::Duration::seconds(1);
  static constexpr base::Duration kMinPeriod = base::Duration::seconds(1);
  static constexpr base::Duration kMaxPeriod = base::Duration::hours(24 * 366);
  static constexpr std::uint32_t kMostSessions = 10'000'000;

  const Checks& checks_;
  std::string file_;
  Loaded loaded_;
  std::map<std::string, std::pair<std::string, Place>> places_;
};

}  // namespace

std::variant<Loaded, Mistakes> load(env::Files& files, const std::optional<std::string>& path,
                                    std::span<const Override> overrides, const Checks& checks) {
  Loader loader(checks);
  if (path) {
    for (const auto& source : read_sources(files, *path, loader.mistakes)) loader.take(source);
  }
  for (const auto& given : overrides) loader.take(given);
  loader.check_whole();
  if (!loader.mistakes.empty()) return std::move(loader.mistakes);
  return loader.result();
}

std::string to_string(const Mistakes& mistakes) {
  std::string text;
  for (const auto& mistake : mistakes | std::views::take(kMaxMistakes)) text += to_string(mistake) + '\n';
  if (mistakes.size() > kMaxMistakes) text += "and " + std::to_string(mistakes.size() - kMaxMistakes) + " more\n";
  return text;
}

}  // namespace holter::config
