#include "imports/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/ip.h"
#include "imports/list_lines.h"
#include "imports/words.h"

namespace holter::imports {
namespace {

using nlohmann::json;
using record::ProbeKind;

constexpr std::size_t kMaxNesting = 16;
constexpr double kLeastSeconds = 0.01;
constexpr double kMostSeconds = 366.0 * 86'400;

struct Service {
  std::string_view word;
  ProbeKind kind;
  std::string_view scheme = {};  // http
};

constexpr std::array kServices = std::to_array<Service>({{"ping", ProbeKind::icmp},
                                                         {"icmp", ProbeKind::icmp},
                                                         {"traceroute", ProbeKind::trace},
                                                         {"http", ProbeKind::http, "http"},
                                                         {"https", ProbeKind::https, "https"},
                                                         {"tcp", ProbeKind::tcp},
                                                         {"udp", ProbeKind::udp},
                                                         {"dns", ProbeKind::dns},
                                                         {"ntp", ProbeKind::ntp}});

constexpr std::array<std::string_view, 7> kKeys = {"name",     "host",          "port", "service",
                                                   "interval", "server_number", "count"};

// Bare: "2001:db8::1" beside "[2001:db8::1]".
std::string in_brackets(const std::string& host) {
  const bool bare_v6 = host.find(':') != std::string::npos && base::IpAddress::parse(host).has_value();
  return bare_v6 ? '[' + host + ']' : host;
}

class ListReader {
 public:
  base::Result<Imported> read(std::string_view text) {
    const json root = parsed(text);
    if (root.is_discarded()) {
      return base::Error{base::ErrorKind::invalid, fmt::format("line {}: is not JSON from here on", line_)};
    }
    const auto servers = root.is_object() ? root.find("servers") : root.end();
    if (servers == root.end() || !servers->is_array()) {
      return base::Error{base::ErrorKind::invalid, "has no list \"servers\""};
    }
    for (const auto& [key, value] : root.items()) {
      if (key != "servers") imported_.note(0, "key " + shown(key) + ": nothing of it is known here");
    }
    std::size_t objects = 0;
    for (const json& item : *servers) {
      if (imported_.probes.size() == record::kMaxPlanEntries) {
        imported_.note(0, "there are more than 20,000 entries");
        break;
      }
      if (item.is_object()) {
        take(item, objects < lines_.size() ? lines_[objects] : EntryLines());
        ++objects;
      } else {
        imported_.note(0, "an entry that is no object is not taken");
      }
    }
    return std::move(imported_);
  }

 private:
  // Discarded when the text is no JSON, or too deep in itself; line_ is then where that was found.
  json parsed(std::string_view text) {
    bool in_servers = false;
    bool too_deep = false;
    const auto note_lines = [&](int depth, json::parse_event_t event, json& value) {
      too_deep = too_deep || depth > static_cast<int>(kMaxNesting);
      if (event == json::parse_event_t::key && depth == 1) {
        in_servers = value == "servers";
        if (in_servers) lines_.clear();
      } else if (event == json::parse_event_t::object_start && depth == 2 && in_servers) {
        lines_.push_back({line_, {}});
      } else if (event == json::parse_event_t::key && depth == 3 && in_servers && !lines_.empty()) {
        lines_.back().keys[value.get<std::string>()] = line_;
      }
      return !too_deep;
    };
    json root =
        json::parse(LineCounter(text.data(), line_), LineCounter(text.data() + text.size(), line_), note_lines, false);
    return too_deep ? json(json::value_t::discarded) : root;
  }

  void take(const json& item, const EntryLines& lines) {
    Entry entry;
    entry.line = lines.line;
    const auto line_of = [&](const std::string& key) {
      const auto found = lines.keys.find(key);
      return found == lines.keys.end() ? lines.line : found->second;
    };
    for (const auto& [key, value] : item.items()) {
      if (std::ranges::find(kKeys, key) == kKeys.end()) {
        imported_.note(line_of(key), "key " + shown(key) + ": nothing of it is known here");
      }
    }
    const std::string word = lower_case(text_of(item, "service"));
    const std::string host = text_of(item, "host");
    const auto* const service = std::ranges::find(kServices, word, &Service::word);
    if (service == kServices.end()) {
      entry.fault = word.empty() ? "an entry needs a service" : "there is no service " + shown(word);
    } else if (host.empty()) {
      entry.fault = "an entry needs a host";
    } else {
      entry.fault = aim(entry.plan, *service, host, item);
      note_port(*service, item, line_of("port"));
    }
    take_interval(entry.plan, item, line_of);
    entry.plan.timeout = record::default_timeout(entry.plan.kind);
    const std::string name = text_of(item, "name");
    entry.plan.name = unique_name(names_, name.empty() ? word + ' ' + host : name);
    if (const std::string number = text_of(item, "server_number"); !number.empty()) {
      entry.plan.labels.emplace_back("server_number", number.substr(0, record::kMaxLabelBytes));
    }
    imported_.probes.push_back(std::move(entry));
  }

  // Kind and target. Returns why the entry cannot be probed.
  static std::string aim(record::ProbePlan& plan, const Service& service, const std::string& host, const json& item) {
    plan.kind = service.kind;
    plan.target = host;
    const std::string port_text = text_of(item, "port");
    const bool no_port = port_text.empty() || port_text == "0";
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (!no_port && (error != std::errc() || end != port_text.data() + port_text.size())) {
      return "port " + shown(port_text) + " is not from 1 to 65535";
    }
    switch (service.kind) {
      case ProbeKind::http:
      case ProbeKind::https: plan.target = url_of(service.scheme, host, port); break;
      case ProbeKind::udp:
        if (no_port) return "Port information is missing";  // as the ancestor says it
        plan.options.push_back({"silence_is_ok", "true"});  // open or filtered was up there
        [[fallthrough]];
      case ProbeKind::tcp:
        if (no_port) return "a TCP entry needs a port";
        plan.target = fmt::format("{}:{}", in_brackets(host), port);
        break;
      case ProbeKind::dns: plan.query = base::IpAddress::parse(host) ? "" : host; break;  // its own A record
      default: break;
    }
    return "";
  }

  // Those two are asked where everybody answers; the other kinds without ports have one in the ancestor's lists too.
  void note_port(const Service& service, const json& item, std::uint32_t line) {
    const std::string_view usual = service.kind == ProbeKind::dns ? "53" : service.kind == ProbeKind::ntp ? "123" : "";
    const std::string port = text_of(item, "port");
    if (usual.empty() || port.empty() || port == "0" || port == usual) return;
    imported_.note(line, fmt::format("port {}: {} is asked at port {}", shown(port), service.word, usual));
  }

  static std::string url_of(std::string_view scheme, const std::string& host, std::uint16_t port) {
    if (host.find("://") != std::string::npos) return host;
    const auto slash = std::min(host.find('/'), host.size());
    const std::uint16_t usual = scheme == "https" ? 443 : 80;
    const std::string colon_port = port == 0 || port == usual ? "" : fmt::format(":{}", port);
    const std::string path = slash == host.size() ? "/" : host.substr(slash);
    return fmt::format("{}://{}{}{}", scheme, in_brackets(host.substr(0, slash)), colon_port, path);
  }

  template <class LineOf>
  void take_interval(record::ProbePlan& plan, const json& item, const LineOf& line_of) {
    const char* const key = item.contains("interval") ? "interval" : "count";
    const auto found = item.find(key);
    if (found == item.end() || found->is_null()) return;
    double seconds = -1;
    if (found->is_number()) seconds = found->get<double>();
    if (found->is_string()) {
      const auto& text = found->get_ref<const std::string&>();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
      if (error != std::errc() || end != text.data() + text.size()) seconds = -1;
    }
    if (!(seconds >= 0 && seconds <= kMostSeconds)) {
      return imported_.note(line_of(key), fmt::format("{}: is no number of seconds; 1 s is taken", key));
    }
    plan.interval = base::Duration::nanoseconds(static_cast<std::int64_t>(std::max(seconds, kLeastSeconds) * 1e9));
  }

  // Of a text or a whole number; empty where it is neither.
  static std::string text_of(const json& item, const char* key) {
    const auto found = item.find(key);
    if (found == item.end()) return "";
    if (found->is_string()) return found->get<std::string>();
    return found->is_number_integer() ? found->dump() : "";
  }

  std::uint32_t line_ = 1;
  std::vector<EntryLines> lines_;
  std::set<std::string> names_;
  Imported imported_;
};

}  // namespace

bool looks_like_list(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string_view::npos && text[first] == '{';
}

base::Result<Imported> read_list(std::string_view text) {
  if (text.size() > kMaxFileBytes) return base::Error{base::ErrorKind::invalid, "is larger than 1 MiB"};
  return ListReader().read(text);
}

}  // namespace holter::imports
