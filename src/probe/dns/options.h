// What a dns probe is told by its plan: the options, and what they, the target and the query mean together. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "probe/dns/message.h"
#include "probe/option.h"
#include "record/probe_plan.h"

namespace holter::probe {

enum class DnsTransport : std::uint8_t { udp, tcp, dot, doh };

struct DnsOptions : Way {
  std::optional<DnsTransport> transport;
  std::optional<DnsType> type;
  DnsManner manner;
  bool validate = false;
  std::vector<std::string> anchors;  // empty: the root's

  // What of it does not go together with the rest, as a sentence.
  Wrong mistake_in(const record::ProbePlan& plan) const;
};

Wrong read_dns_transport(const std::string& value, DnsOptions& into);
Wrong read_dns_type(const std::string& value, DnsOptions& into);
Wrong read_dns_payload(const std::string& value, DnsOptions& into);
Wrong read_dns_anchor(const std::string& value, DnsOptions& into);
template <bool DnsManner::* kMember>
Wrong read_dns_switch(const std::string& value, DnsOptions& into) {
  return read_value(value, into.manner.*kMember);
}

inline constexpr auto kDnsOptions = std::to_array<Option<DnsOptions>>({
    {{"transport", "WORD", "udp, tcp, dot (over TLS) or doh (over HTTPS); default udp"}, read_dns_transport},
    {{"type", "TYPE", "The type of the records asked for (default A)"}, read_dns_type},
    {{"recurse", "BOOL", "Ask the resolver to ask others (default true)"}, read_dns_switch<&DnsManner::recurse>},
    {{"edns", "BYTES", "Use EDNS: how large an answer over UDP may be (1232 where it is used)"}, read_dns_payload},
    {{"dnssec", "", "Ask for the signatures as well (EDNS, DO)"}, read_dns_switch<&DnsManner::dnssec>},
    {{"check_disabled", "", "Ask for what the resolver takes for bogus as well (CD)"},
     read_dns_switch<&DnsManner::check_disabled>},
    {{"nsid", "", "Ask the resolver which of several it is (EDNS, NSID)"}, read_dns_switch<&DnsManner::nsid>},
    option<&DnsOptions::validate>({"validate", "", "Prove the answer by its signatures, up to an anchor"}),
    {{"anchor", "RECORD", "The DS or DNSKEY record that proofs end at (default: the root's)", true}, read_dns_anchor},
});
// The manner that these options ask in: what is to be proved is asked for with its signatures.
DnsManner manner_of(const DnsOptions& options);

// Who is asked, and how.
struct DnsResolver {
  DnsTransport transport = DnsTransport::udp;
  std::string host;  // a name or an address
  std::uint16_t port = 0;
  std::string url = {};  // doh
};
// Over HTTPS when the target is a URL, else over UDP unless `transport` says.
DnsResolver dns_resolver(const std::string& target, std::optional<DnsTransport> transport);

// The plan's query; without one the addresses (A) of the resolver's own name, and the name servers of the root of one
// that is an address.
DnsQuestion dns_question(const record::ProbePlan& plan, const DnsOptions& options, const std::string& resolver_host);

}  // namespace holter::probe
