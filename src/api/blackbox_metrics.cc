#include "api/blackbox_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/ip.h"

namespace holter::api {
namespace {

using record::Outcome;
using record::Phase;
using record::ProbeKind;

class Gauges {
 public:
  void set(const std::string& name, std::string_view help, double value, const std::string& labels = "") {
    auto& family = families_[name];
    family.help = help;
    family.samples += name + labels + fmt::format(" {}\n", value);
  }
  std::string text() const {
    std::string text;
    for (const auto& [name, family] : families_) {
      text += fmt::format("# HELP {} {}\n# TYPE {} gauge\n{}", name, family.help, name, family.samples);
    }
    return text;
  }

 private:
  struct Family {
    std::string help;
    std::string samples;
  };
  std::map<std::string, Family> families_;
};

double seconds(const std::optional<base::Duration>& duration) { return duration ? duration->in_seconds() : 0; }

class Metrics {
 public:
  Metrics(const record::ProbeResult& result, base::Duration took) : result_(result), took_(took) {}

  std::string text() {
    whole();
    switch (result_.kind) {
      case ProbeKind::icmp: icmp(); break;
      case ProbeKind::http:
      case ProbeKind::https: http(); break;
      case ProbeKind::dns: dns(); break;
      case ProbeKind::tcp: break;
      default: by_facts(); break;
    }
    const bool web = result_.kind == ProbeKind::http || result_.kind == ProbeKind::https;
    const bool texts = web || result_.kind == ProbeKind::tcp;
    if (texts) gauges_.set("probe_failed_due_to_regex", "Indicates if probe failed due to regex", regex_failed());
    if (texts || result_.kind == ProbeKind::dns) tls();
    return gauges_.text();
  }

 private:
  const std::optional<base::Duration>& phase(Phase phase) const {
    return result_.phases.at(static_cast<std::size_t>(phase));
  }

  template <class T>
  std::optional<T> fact(std::string_view name) const {
    const auto found = std::ranges::find(result_.facts, name, &record::Fact::name);
    if (found == result_.facts.end()) return std::nullopt;
    const T* const value = std::get_if<T>(&found->value);
    return value == nullptr ? std::nullopt : std::optional(*value);
  }
  std::optional<double> number(std::string_view name) const {
    const auto value = fact<std::int64_t>(name);
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
  }

  void whole() {
    gauges_.set("probe_success", "Displays whether or not the probe was a success", result_.outcome == Outcome::ok);
    gauges_.set("probe_duration_seconds", "Returns how long the probe took to complete in seconds", took_.in_seconds());
    gauges_.set("probe_dns_lookup_time_seconds", "Returns the time taken for probe dns lookup in seconds",
                seconds(phase(Phase::resolve)));
    const auto address = base::IpAddress::parse(result_.address);
    gauges_.set("probe_ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6",
                !address           ? 0
                : address->is_v4() ? 4
                                   : 6);
    gauges_.set("probe_ip_addr_hash",
                "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
                address ? hash(address->bytes()) : 0);
  }

  // FNV-1a of 32 bits, as that program takes it.
  static double hash(base::Bytes bytes) {
    std::uint32_t hash = 2'166'136'261;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 16'777'619;
    return hash;
  }

  void icmp() {
    const std::string name = "probe_icmp_duration_seconds";
    const std::string_view help = "Duration of icmp request by phase";
    const double resolve = seconds(phase(Phase::resolve));
    const double rtt = seconds(result_.rtt);
    gauges_.set(name, help, resolve, "{phase=\"resolve\"}");
    gauges_.set(name, help, rtt, "{phase=\"rtt\"}");
    const double setup = result_.rtt ? std::max(0.0, took_.in_seconds() - resolve - rtt) : 0;
    gauges_.set(name, help, setup, "{phase=\"setup\"}");
    if (const auto ttl = number("ttl")) {
      gauges_.set("probe_icmp_reply_hop_limit", "Replied packet hop limit (TTL for ipv4)", *ttl);
    }
  }

  void http() {
    const std::string name = "probe_http_duration_seconds";
    const std::string_view help = "Duration of http request by phase, summed over all redirects";
    gauges_.set(name, help, seconds(phase(Phase::connect)), "{phase=\"connect\"}");
    gauges_.set(name, help, seconds(phase(Phase::first_byte)), "{phase=\"processing\"}");
    gauges_.set(name, help, seconds(phase(Phase::resolve)), "{phase=\"resolve\"}");
    gauges_.set(name, help, seconds(phase(Phase::tls)), "{phase=\"tls\"}");
    gauges_.set(name, help, seconds(phase(Phase::transfer)), "{phase=\"transfer\"}");
    const double body = number("body_bytes").value_or(0);
    gauges_.set("probe_http_status_code", "Response HTTP status code", number("status").value_or(0));
    gauges_.set("probe_http_redirects", "The number of redirects", number("redirects").value_or(0));
    gauges_.set("probe_http_ssl", "Indicates if SSL was used for the final redirect",
                fact<base::UntrustedText>("tls_version").has_value());
    gauges_.set("probe_http_version", "Returns the version of HTTP of the probe response", http_version());
    if (const auto at = number("last_modified")) {
      gauges_.set("probe_http_last_modified_timestamp_seconds",
                  "Returns the Last-Modified HTTP response header in unixtime", *at);
    }
    gauges_.set("probe_http_content_length", "Length of http content response", body);
    gauges_.set("probe_http_uncompressed_body_length", "Length of uncompressed response body", body);
  }

  // 1.1 of "HTTP/1.1", 2 of "HTTP/2".
  double http_version() const {
    const auto version = fact<base::UntrustedText>("version");
    if (!version) return 0;
    for (const auto& [word, value] :
         {std::pair("HTTP/1.0", 1.0), {"HTTP/1.1", 1.1}, {"HTTP/2", 2.0}, {"HTTP/3", 3.0}}) {
      if (version->raw() == word) return value;
    }
    return 0;
  }

  void dns() {
    const std::string name = "probe_dns_duration_seconds";
    const std::string_view help = "Duration of DNS request by phase";
    gauges_.set(name, help, seconds(phase(Phase::connect)) + seconds(phase(Phase::tls)), "{phase=\"connect\"}");
    gauges_.set(name, help, seconds(phase(Phase::first_byte)), "{phase=\"request\"}");
    gauges_.set(name, help, seconds(phase(Phase::resolve)), "{phase=\"resolve\"}");
    gauges_.set("probe_dns_query_succeeded", "Displays whether or not the query was executed successfully",
                fact<base::UntrustedText>("rcode").has_value());
    gauges_.set("probe_dns_answer_rrs", "Returns number of entries in the answer resource record list",
                number("answers").value_or(0));
    gauges_.set("probe_dns_authority_rrs", "Returns number of entries in the authority resource record list",
                number("authority").value_or(0));
    gauges_.set("probe_dns_additional_rrs", "Returns number of entries in the additional resource record list",
                number("additional").value_or(0));
    if (const auto serial = number("serial")) {
      gauges_.set("probe_dns_serial", "Returns the serial number of the zone", *serial);
    }
  }

  void tls() {
    if (const auto left = fact<base::Duration>("certificate_left")) {
      const auto ends = static_cast<double>((result_.started + *left).in_nanoseconds()) / 1e9;
      gauges_.set("probe_ssl_earliest_cert_expiry", "Returns earliest SSL cert expiry in unixtime", std::floor(ends));
    }
    const auto version = fact<base::UntrustedText>("tls_version");
    if (!version) return;
    for (const char* const known : {"1.0", "1.1", "1.2", "1.3"}) {
      const bool is_it = version->raw() == std::string("TLSv") + known ||
                         (std::string_view(known) == "1.0" && version->raw() == "TLSv1");
      if (!is_it) continue;
      gauges_.set("probe_tls_version_info", "Returns the TLS version used, or NaN when unknown", 1,
                  fmt::format("{{version=\"TLS {}\"}}", known));
    }
  }

  void by_facts() {
    const std::string prefix = fmt::format("probe_{}_", to_string(result_.kind));
    if (result_.rtt) gauges_.set(prefix + "rtt_seconds", "The round-trip time", seconds(result_.rtt));
    for (const auto& fact : result_.facts) {
      const std::string help = fmt::format("What was found of {}", fact.name);
      if (const auto* const count = std::get_if<std::int64_t>(&fact.value)) {
        gauges_.set(prefix + fact.name, help, static_cast<double>(*count));
      } else if (const auto* const duration = std::get_if<base::Duration>(&fact.value)) {
        gauges_.set(prefix + fact.name + "_seconds", help, duration->in_seconds());
      } else if (const auto* const truth = std::get_if<bool>(&fact.value)) {
        gauges_.set(prefix + fact.name, help, *truth);
      }
    }
  }

  // An expectation by a regular expression was not met: the detail has a line for each that was not.
  bool regex_failed() const {
    if (result_.outcome != Outcome::unexpected) return false;
    std::string_view left = result_.detail.raw();
    while (!left.empty()) {
      const std::string_view line = left.substr(0, left.find('\n'));
      left.remove_prefix(std::min(left.size(), line.size() + 1));
      if (line.substr(0, line.find(", found ")).find(" ~ ") != std::string_view::npos) return true;
    }
    return false;
  }

  const record::ProbeResult& result_;
  base::Duration took_;
  Gauges gauges_;
};

}  // namespace

std::string blackbox_metrics(const record::ProbeResult& result, base::Duration took) {
  return Metrics(result, took).text();
}

}  // namespace holter::api
