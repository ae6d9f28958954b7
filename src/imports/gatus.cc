#include "imports/gatus.h"

#include <fmt/format.h>

#include "imports/gatus_condition.h"
#include "imports/table_reader.h"
#include "imports/words.h"

namespace holter::imports {
namespace {

using record::ProbeKind;
using Why = std::optional<std::string>;
using Rows = TableReader::Rows;

constexpr base::Duration kGatusInterval = base::Duration::minutes(1);  // unless something else is said
constexpr base::Duration kGatusTimeout = base::Duration::seconds(10);

Why nothing(const Yaml&) { return std::nullopt; }

class EndpointReader {
 public:
  EndpointReader(const Yaml& endpoint, Imported& imported, std::set<std::string>& names)
      : endpoint_(endpoint), imported_(imported), names_(names), reader_(imported, "endpoint " + shown(name())) {}

  void read() {
    if (endpoint_.text_of("enabled", "true") == "false")
      return reader_.note(endpoint_.line, "is not enabled; nothing of it");
    plan_.interval = kGatusInterval;
    plan_.timeout = kGatusTimeout;
    if (const auto why = aim(endpoint_.text_of("url"))) return reader_.note(endpoint_.line, *why + "; nothing of it");
    reader_.read(endpoint_, rows());
    if (const std::string group = endpoint_.text_of("group"); !group.empty()) plan_.labels.emplace_back("group", group);
    plan_.name = unique_name(names_, name());
    imported_.probes.push_back({endpoint_.line, std::move(plan_)});
  }

 private:
  std::string name() const { return endpoint_.text_of("name", endpoint_.text_of("url", "endpoint")); }
  void add(const char* option, std::string value) { plan_.options.push_back({option, std::move(value)}); }

  // Kind and target. Why it cannot be probed.
  Why aim(std::string url) {
    if (const Yaml* const dns = endpoint_.find("dns")) {
      plan_.kind = ProbeKind::dns;
      if (const auto scheme = url.find("://"); scheme != std::string::npos) url.erase(0, scheme + 3);
      plan_.query = dns->text_of("query-name");
      if (const std::string type = dns->text_of("query-type"); !type.empty() && type != "A") add("type", type);
      plan_.target = url;
      return std::nullopt;
    }
    struct Scheme {
      const char* scheme;
      ProbeKind kind;
    };
    constexpr Scheme kSchemes[] = {{"http://", ProbeKind::http},   {"https://", ProbeKind::http},
                                   {"tcp://", ProbeKind::tcp},     {"udp://", ProbeKind::udp},
                                   {"icmp://", ProbeKind::icmp},   {"tls://", ProbeKind::tcp},
                                   {"starttls://", ProbeKind::tcp}};
    for (const auto& [scheme, kind] : kSchemes) {
      if (!url.starts_with(scheme)) continue;
      plan_.kind = kind;
      plan_.target = kind == ProbeKind::http ? url : url.substr(std::string_view(scheme).size());
      if (std::string_view(scheme) == "tls://") add("tls", "true");
      if (std::string_view(scheme) == "starttls://") add("starttls", "smtp");
      if (kind == ProbeKind::udp) add("silence_is_ok", "true");
      return std::nullopt;
    }
    return "url " + shown(url) + " is of no kind that is known here";
  }

  Rows rows() {
    Rows rows;
    for (const char* const read : {"name", "url", "group", "enabled", "dns"}) rows[read] = nothing;
    rows["interval"] = [this](const Yaml& value) { return duration(value, plan_.interval); };
    rows["method"] = [this](const Yaml& value) { return option("method", value); };
    rows["body"] = [this](const Yaml& value) { return option("body", value); };
    rows["headers"] = [this](const Yaml& table) -> Why {
      for (const auto& header : table.members) add("header", header.key + ": " + header.text);
      return std::nullopt;
    };
    rows["client"] = [this](const Yaml& table) -> Why {
      reader_.read(table, client_rows());
      return std::nullopt;
    };
    rows["conditions"] = [this](const Yaml& list) -> Why {
      for (const auto& condition : list.items) take_condition(condition);
      return std::nullopt;
    };
    return rows;
  }

  Rows client_rows() {
    Rows rows;
    rows["timeout"] = [this](const Yaml& value) { return duration(value, plan_.timeout); };
    rows["insecure"] = [this](const Yaml& value) -> Why {
      if (!value.is_true()) return std::nullopt;
      plan_.kind == ProbeKind::http ? add("verify", "false") : add("insecure", "true");
      return std::nullopt;
    };
    rows["ignore-redirect"] = [this](const Yaml& value) -> Why {
      if (value.is_true()) add("redirects", "0");
      return std::nullopt;
    };
    rows["proxy-url"] = [this](const Yaml& value) { return option("proxy", value); };
    return rows;
  }

  Why option(const char* name, const Yaml& value) {
    if (value.kind != Yaml::Kind::text) return "is no text";
    if (plan_.kind != ProbeKind::http && plan_.kind != ProbeKind::udp) return "is for http alone";
    add(plan_.kind == ProbeKind::udp ? "send" : name, value.text);
    return std::nullopt;
  }

  static Why duration(const Yaml& value, base::Duration& into) {
    const auto duration = go_duration(value.text);
    if (!duration) return "is no duration";
    into = *duration;
    return std::nullopt;
  }

  void take_condition(const Yaml& text) {
    auto read = read_condition(text.text);
    if (const auto* why = std::get_if<std::string>(&read)) {
      return reader_.note(text.line, "condition " + shown(text.text) + ' ' + *why);
    }
    auto& condition = std::get<GatusCondition>(read);
    const bool other_path = !condition.json_path.empty() && !json_path_.empty() && condition.json_path != json_path_;
    if (other_path)
      return reader_.note(text.line, "condition " + shown(text.text) + " is about a second place in the JSON");
    if (json_path_.empty() && !condition.json_path.empty()) add("json_path", json_path_ = condition.json_path);
    if (!condition.expect.empty()) plan_.expect.push_back(std::move(condition.expect));
  }

  const Yaml& endpoint_;
  Imported& imported_;
  std::set<std::string>& names_;
  TableReader reader_;
  record::ProbePlan plan_;
  std::string json_path_;
};

}  // namespace

bool is_gatus(const Yaml& root) {
  const Yaml* const endpoints = root.find("endpoints");
  return endpoints != nullptr && endpoints->kind == Yaml::Kind::list;
}

Imported read_gatus(const Yaml& root) {
  Imported imported;
  std::set<std::string> names;
  for (const auto& member : root.members) {
    if (member.key != "endpoints") imported.note(member.line, shown(member.key) + " has no counterpart here");
  }
  if (const Yaml* const endpoints = root.find("endpoints")) {
    for (const auto& endpoint : endpoints->items) {
      if (imported.probes.size() == record::kMaxPlanEntries) {
        imported.note(endpoint.line, "there are more than 20,000 endpoints");
        break;
      }
      EndpointReader(endpoint, imported, names).read();
    }
  }
  return imported;
}

}  // namespace holter::imports
