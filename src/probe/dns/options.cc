#include "probe/dns/options.h"

#include <array>

#include "base/ip.h"
#include "base/url.h"
#include "probe/dns/chain.h"

namespace holter::probe {
namespace {

constexpr std::uint32_t kLeastPayload = 512;
constexpr std::uint32_t kMostPayload = 65'535;

struct TransportRow {
  std::string_view name;
  DnsTransport transport;
  std::uint16_t port;
};
constexpr auto kTransports = std::to_array<TransportRow>({{"udp", DnsTransport::udp, 53},
                                                          {"tcp", DnsTransport::tcp, 53},
                                                          {"dot", DnsTransport::dot, 853},
                                                          {"doh", DnsTransport::doh, 443}});

}  // namespace

Wrong read_dns_transport(const std::string& value, DnsOptions& into) {
  const auto* const row = std::ranges::find(kTransports, value, &TransportRow::name);
  if (row == kTransports.end()) return "is udp, tcp, dot or doh";
  into.transport = row->transport;
  return std::nullopt;
}

Wrong read_dns_type(const std::string& value, DnsOptions& into) {
  into.type = parse_dns_type(value);
  if (!into.type) return "is no type that can be asked for, such as AAAA, MX or TYPE65";
  return std::nullopt;
}

Wrong read_dns_payload(const std::string& value, DnsOptions& into) {
  std::uint32_t bytes = 0;
  const Wrong why = read_value(value, bytes);
  if (why || bytes < kLeastPayload || bytes > kMostPayload) return "is a number of bytes from 512 to 65535";
  into.manner.payload_bytes = static_cast<std::uint16_t>(bytes);
  return std::nullopt;
}

Wrong read_dns_anchor(const std::string& value, DnsOptions& into) {
  if (!is_dns_anchor(value))
    return "is a DS or DNSKEY record, as in a zone file: example.org. DS 12345 13 2 49FD46E6...";
  into.anchors.push_back(value);
  return std::nullopt;
}

Wrong DnsOptions::mistake_in(const record::ProbePlan& plan) const {
  const bool is_url = base::parse_http_url(plan.target).has_value();
  if (is_url && transport.value_or(DnsTransport::doh) != DnsTransport::doh) return "a URL is asked by transport doh";
  if (!anchors.empty() && !validate) return "anchor is for validate";
  return std::nullopt;
}

DnsManner manner_of(const DnsOptions& options) {
  DnsManner manner = options.manner;
  manner.dnssec = manner.dnssec || options.validate;
  manner.check_disabled = manner.check_disabled || options.validate;
  return manner;
}

DnsResolver dns_resolver(const std::string& target, std::optional<DnsTransport> wanted) {
  if (const auto url = base::parse_http_url(target)) return {DnsTransport::doh, url->at.host, url->at.port, target};
  const DnsTransport transport = wanted.value_or(DnsTransport::udp);
  const auto* const row = std::ranges::find(kTransports, transport, &TransportRow::transport);
  DnsResolver resolver{transport, target, row->port};
  if (auto with_port = base::parse_host_port(target)) {
    resolver.host = std::move(with_port->host);
    resolver.port = with_port->port;
  }
  if (transport == DnsTransport::doh) {
    resolver.url = to_string(base::HttpUrl{true, {resolver.host, resolver.port}, "/dns-query"});
  }
  return resolver;
}

DnsQuestion dns_question(const record::ProbePlan& plan, const DnsOptions& options, const std::string& resolver_host) {
  const bool is_address = base::IpAddress::parse(resolver_host).has_value();
  std::string name = !plan.query.empty() ? plan.query : is_address ? "." : resolver_host;
  const DnsType type = options.type.value_or(name == "." ? DnsType::ns : DnsType::a);
  if (type == DnsType::ptr) {
    if (std::string reversed = reverse_name(name); !reversed.empty()) name = std::move(reversed);
  }
  return {std::move(name), type};
}

}  // namespace holter::probe
