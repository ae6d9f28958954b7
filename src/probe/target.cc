#include "probe/target.h"

#include "base/ip.h"
#include "base/untrusted_text.h"
#include "base/url.h"
#include "probe/dns/message.h"
#include "probe/http/options.h"

namespace holter::probe {
namespace {

using Mistake = std::optional<std::string>;

Mistake host_mistake(std::string_view target) {
  if (base::is_host(target)) return std::nullopt;
  if (target.find("://") != target.npos) return "is a URL; give the name or the address of a host";
  if (base::parse_host_port(target)) return "has a port; give the name or the address alone";
  return "is neither the name nor an address of a host";
}

Mistake http_mistake(std::string_view target) {
  const auto url = base::parse_http_url(target);
  return url ? Mistake() : url.error().message;
}

bool is_host_or_with_port(std::string_view target) { return base::parse_host_port(target) || base::is_host(target); }

Mistake resolver_mistake(std::string_view target) {
  if (is_host_or_with_port(target)) return std::nullopt;
  if (target.find("://") != target.npos) return http_mistake(target);
  return "is neither the name nor an address of a resolver, as 192.0.2.1, 192.0.2.1:5353 or dns.example, nor a URL";
}

Mistake ntp_mistake(std::string_view target) {
  if (is_host_or_with_port(target)) return std::nullopt;
  return "is neither the name nor an address of a host, as ntp.example, 192.0.2.1 or 192.0.2.1:1123";
}

Mistake port_mistake(std::string_view target) {
  if (base::parse_host_port(target)) return std::nullopt;
  if (target.find("://") != target.npos) return "is a URL; give HOST:PORT, as db.example:5432";
  if (base::is_host(target)) return "needs a port, as db.example:5432 or [2001:db8::1]:443";
  return "is not HOST:PORT, as db.example:5432 or [2001:db8::1]:443";
}

Mistake http_mistake(record::ProbeKind kind, std::string_view target) {
  const auto url = http_target(kind, std::string(target));
  return url ? Mistake() : url.error().message;
}

}  // namespace

std::optional<std::string> target_mistake(record::ProbeKind kind, std::string_view target) {
  if (target.empty()) return "is empty";
  switch (kind) {
    case record::ProbeKind::dns: return resolver_mistake(target);
    case record::ProbeKind::ntp: return ntp_mistake(target);
    case record::ProbeKind::tcp:
    case record::ProbeKind::udp: return port_mistake(target);
    case record::ProbeKind::http:
    case record::ProbeKind::https: return http_mistake(kind, target);
    default: return host_mistake(target);
  }
}

std::optional<std::string> query_mistake(const record::ProbePlan& plan) {
  if (plan.query.empty()) return std::nullopt;
  if (plan.kind != record::ProbeKind::dns) return "is for dns";
  if (is_dns_name(plan.query)) return std::nullopt;
  return base::UntrustedText(plan.query).for_log() + " is not a name that can be asked for";
}

}  // namespace holter::probe
