#include "imports/smokeping.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "imports/smokeping_tree.h"
#include "imports/words.h"

namespace holter::imports {
namespace {

using record::ProbeKind;

constexpr std::uint32_t kStep = 300;  // s, unless something else is said
constexpr std::uint32_t kPings = 20;
constexpr std::uint32_t kMostBurst = 50;

struct ProbeType {
  std::string_view name;
  ProbeKind kind;
  const char* family = nullptr;
};
constexpr ProbeType kTypes[] = {{"FPing", ProbeKind::icmp},        {"FPing6", ProbeKind::icmp, "ipv6"},
                                {"DNS", ProbeKind::dns},           {"AnotherDNS", ProbeKind::dns},
                                {"TCPPing", ProbeKind::tcp},       {"Curl", ProbeKind::http},
                                {"EchoPingHttp", ProbeKind::http}, {"EchoPingHttps", ProbeKind::http}};

using Keys = std::map<std::string, SmokepingKey>;

std::string text_of(const Keys& keys, const std::string& name, std::string fallback = "") {
  const auto found = keys.find(name);
  return found == keys.end() ? std::move(fallback) : found->second.value;
}

std::uint32_t number_of(const Keys& keys, const std::string& name, std::uint32_t fallback) {
  const std::string text = text_of(keys, name);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 ? number : fallback;
}

// What the page shows has no place in a plan, and is no loss.
bool is_read(std::string_view key) {
  constexpr std::string_view kRead[] = {"host",   "probe", "menu",       "title",  "remark", "lookup",   "port",
                                        "server", "step",  "packetsize", "offset", "pings",  "urlformat"};
  return std::ranges::find(kRead, key) != std::end(kRead);
}

// What is handed down the tree: a few keys, however many there are.
Keys read_of(const Keys& keys) {
  Keys read;
  for (const auto& key : keys) {
    if (is_read(key.first)) read.insert(key);
  }
  return read;
}

class TreeReader {
 public:
  explicit TreeReader(Imported& imported) : imported_(imported) {}

  void read(const std::vector<SmokepingNode>& sections) {
    for (const auto& section : sections) {
      if (section.name == "Database") {
        database_ = read_of(section.keys);
        note_keys(section);
      }
      if (section.name == "Probes") probes(section);
    }
    for (const auto& section : sections) {
      if (section.name == "Targets") {
        target(section, read_of(section.keys), "");
      } else if (section.name != "Database" && section.name != "Probes") {
        imported_.note(section.line, "section " + shown(section.name) + " has no counterpart here");
      }
    }
  }

 private:
  // A probe is of the type it is named after, or the one above it is.
  void probes(const SmokepingNode& section) {
    for (const auto& probe : section.below) {
      const Keys of_all = read_of(probe.keys);
      note_keys(probe);
      add_probe(probe.name, probe.name, of_all);
      for (const auto& variant : probe.below) {
        Keys keys = read_of(variant.keys);
        note_keys(variant);
        keys.insert(of_all.begin(), of_all.end());
        add_probe(variant.name, probe.name, keys);
      }
    }
  }
  void add_probe(const std::string& name, const std::string& type, const Keys& keys) {
    types_[name] = type;
    of_probe_[name] = keys;
  }

  void target(const SmokepingNode& node, const Keys& keys, const std::string& path) {
    if (const auto host = node.keys.find("host"); host != node.keys.end()) take_host(node, host->second, keys, path);
    note_keys(node);
    for (const auto& below : node.below) {
      Keys inherited = read_of(below.keys);
      inherited.insert(keys.begin(), keys.end());
      inherited.erase("host");
      if (below.keys.contains("host")) inherited["host"] = below.keys.at("host");
      target(below, inherited, path.empty() ? below.name : path + '/' + below.name);
    }
  }

  void note_keys(const SmokepingNode& node) {
    for (const auto& [key, value] : node.keys) {
      if (!is_read(key)) imported_.note(value.line, shown(key) + " has no counterpart here");
    }
  }

  void take_host(const SmokepingNode& node, const SmokepingKey& host, Keys keys, const std::string& path) {
    const auto refuse = [&](const std::string& why) { imported_.note(host.line, shown(path) + ": " + why); };
    const std::string probe = text_of(keys, "probe");
    const auto named = types_.find(probe);
    const std::string type_name = named == types_.end() ? probe : named->second;
    const auto* const type = std::ranges::find(kTypes, type_name, &ProbeType::name);
    if (host.value.starts_with('/')) return refuse("several hosts in one graph are probed where they stand themselves");
    if (host.value == "DYNAMIC") return refuse("a host without an address of its own cannot be probed");
    if (type == std::end(kTypes)) return refuse("there is no probe " + shown(type_name) + " here");
    if (imported_.probes.size() == record::kMaxPlanEntries) return refuse("there are more than 20,000 hosts");
    if (const auto of_probe = of_probe_.find(probe); of_probe != of_probe_.end()) {
      keys.insert(of_probe->second.begin(), of_probe->second.end());
    }
    keys.insert(database_.begin(), database_.end());
    Entry entry{node.line, {}};
    entry.plan.name = unique_name(names_, path);
    entry.plan.kind = type->kind;
    entry.plan.interval = base::Duration::seconds(number_of(keys, "step", kStep));
    entry.plan.timeout = record::default_timeout(type->kind);
    if (type->family != nullptr) entry.plan.options.push_back({type->family, "true"});
    aim(entry.plan, host.value, keys, type_name);
    imported_.probes.push_back(std::move(entry));
  }

  static void aim(record::ProbePlan& plan, const std::string& host, const Keys& keys, const std::string& type) {
    plan.target = host;
    switch (plan.kind) {
      case ProbeKind::icmp: {
        plan.options.push_back({"burst", std::to_string(std::min(number_of(keys, "pings", kPings), kMostBurst))});
        if (const auto size = text_of(keys, "packetsize"); !size.empty()) plan.options.push_back({"size", size});
        break;
      }
      case ProbeKind::dns:
        if (const auto server = text_of(keys, "server"); !server.empty()) plan.target = server;
        plan.query = text_of(keys, "lookup", host);
        break;
      case ProbeKind::tcp: {
        const bool bare_v6 = std::ranges::count(host, ':') > 1;
        plan.target = fmt::format("{}:{}", bare_v6 ? '[' + host + ']' : host, text_of(keys, "port", "80"));
        break;
      }
      default: {
        const std::string scheme = type == "EchoPingHttps" ? "https" : "http";
        std::string url = text_of(keys, "urlformat", scheme + "://%host%/");
        if (const auto at = url.find("%host%"); at != std::string::npos) url.replace(at, 6, host);
        plan.target = url;
        break;
      }
    }
  }

  Imported& imported_;
  Keys database_;
  std::map<std::string, std::string> types_;  // by the name of the probe
  std::map<std::string, Keys> of_probe_;
  std::set<std::string> names_;
};

}  // namespace

bool looks_like_smokeping(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with("***") && line.find("***", 3) != std::string_view::npos) return true;
    at = end + 1;
  }
  return false;
}

base::Result<Imported> read_smokeping(std::string_view text) {
  Imported imported;
  const auto sections = parse_smokeping(text, imported);
  if (!sections) return sections.error();
  TreeReader(imported).read(*sections);
  return imported;
}

}  // namespace holter::imports
