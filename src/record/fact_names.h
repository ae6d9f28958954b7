// The names that facts have, each with one type whatever the kind of probe: the words in which results are asked for
// (`holter results --filter 'status == 503'`) and in which a plan says what it expects. A new fact is one row here.
// Constant.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace holter::record {

enum class FactType : std::uint8_t { number, truth, duration, text, address };

struct FactName {
  std::string_view name;
  FactType type = FactType::text;
  std::string_view description;  // for docs/filters.md
  bool kept = true;              // false: expectations see it, and then it is dropped
};

inline constexpr auto kFactNames = std::to_array<FactName>({
    // all kinds, where a capture sees their packets
    {"wire", FactType::text,
     "all kinds but trace: what a capture saw of its packets: `answered`, `unanswered` (they left and nothing came "
     "back), `unsent` (none left where those of earlier runs did)"},
    {"wire_interface", FactType::text, "all kinds but trace: where they were seen"},
    {"wire_sent", FactType::duration, "all kinds but trace: from the probe's start until the first packet left"},
    {"wire_rtt", FactType::duration,
     "all kinds but trace: from each first packet that left (request, SYN) to the first that came back, both stamped "
     "at "
     "the interface, in the order they were sent"},
    // icmp
    {"ttl", FactType::number,
     "icmp: the reply's time to live, or hop limit, as it arrived; dns: the least of the answers', in seconds"},
    {"sent", FactType::number, "icmp: how many requests a burst had"},
    {"received", FactType::number, "icmp: how many of them were answered"},
    {"lost", FactType::number, "icmp: how many were not"},
    {"duplicates", FactType::number, "icmp, udp: how many replies came again"},
    {"reordered", FactType::number, "icmp: how many replies came behind that of a later request"},
    {"rtt_min", FactType::duration, "icmp: the shortest round trip of a burst"},
    {"rtt_max", FactType::duration, "icmp: the longest one"},
    {"echo_rtt", FactType::duration, "icmp: each round trip of a burst, in the order of the requests"},
    {"path_mtu", FactType::number,
     "icmp: what fits through the link that was too narrow; trace: what passes to the target; in bytes"},
    // udp, tcp
    {"port_state", FactType::text, "udp, tcp, trace over tcp: `open`, `closed`, `filtered`, `open_or_filtered`"},
    {"reply", FactType::text, "udp, tcp: what came back; expectations see up to 64 KiB, 512 bytes are kept"},
    {"reply_bytes", FactType::number, "udp, tcp: how many bytes came back"},
    {"banner", FactType::text, "tcp: the first line of what the target said first"},
    {"tcp_rtt", FactType::duration, "tcp: the round trip as the kernel's TCP measured it at the handshake"},
    // http
    {"status", FactType::number, "http: the status of the last answer"},
    {"version", FactType::text, "http, ntp: `HTTP/1.1`, `HTTP/2`, `NTPv4`"},
    {"body_bytes", FactType::number, "http: how long the body is, unpacked"},
    {"encoding", FactType::text, "http: how the body was packed: `gzip`"},
    {"redirects", FactType::number, "http: how many redirects were followed"},
    {"url", FactType::text, "http: whose answer it is, after redirects"},
    {"location", FactType::text, "http: where a redirect leads that was not followed"},
    {"header", FactType::text, "http: each header of the answer, its name in small letters: `content-type: text/html`",
     false},
    {"body", FactType::text, "http: the body, unpacked", false},
    {"last_modified", FactType::number,
     "http: when it was changed last, as it says (Last-Modified), in seconds since 1970"},
    {"json", FactType::text, "http: what the paths of `json_path` lead to"},
    {"json_number", FactType::number, "http: the same of what is a number, without its fraction"},
    {"tls_version", FactType::text, "tls: `TLSv1.3`"},
    {"tls_cipher", FactType::text, "tls: `TLS_AES_256_GCM_SHA384`"},
    {"certificate_left", FactType::duration, "tls: for how long the certificate still holds; 0 when it has expired"},
    {"certificate_chain", FactType::text, "tls: `good`, or why it is not trusted: `certificate has expired`"},
    {"certificate_host", FactType::truth, "tls: the certificate is for the host that was asked"},
    {"certificate_subject", FactType::text, "tls: whose certificate it is: `CN=www.example.org`"},
    {"certificate_issuer", FactType::text, "tls: who signed it"},
    {"certificate_key", FactType::text, "tls: the type of its key: `RSA`, `EC`"},
    {"certificate_key_bits", FactType::number, "tls: the size of its key"},
    {"ocsp", FactType::text, "tls: the stapled OCSP answer: `none`, `good`, `revoked`, `stale`, ..."},
    // dns
    {"rcode", FactType::text, "dns: `NOERROR`, `NXDOMAIN`, ..."},
    {"answers", FactType::number, "dns: how many records answer the question"},
    {"authority", FactType::number, "dns: how many records stand in the section of authorities"},
    {"additional", FactType::number, "dns: how many stand in the additional section, without that of EDNS"},
    {"answer", FactType::text, "dns: the data of each record that answers the question, sorted"},
    {"answer_address", FactType::address, "dns: each answer that is an address"},
    {"alias", FactType::text, "dns: each name that the question's name stands for (CNAME), in their order"},
    {"serial", FactType::number, "dns: of the SOA that answers the question"},
    {"authoritative", FactType::truth, "dns: the answer is of the zone's own resolver (AA)"},
    {"ad", FactType::truth, "dns: the resolver says that it has proved the answer by DNSSEC (AD)"},
    {"truncated", FactType::truth, "dns: the answer did not fit and was cut (TC)"},
    {"dnssec", FactType::text, "dns: `secure`, `bogus` or `indeterminate`: what holter proved of the answer"},
    {"nsid", FactType::text, "dns: what the resolver calls itself"},
    // ntp
    {"offset", FactType::duration, "ntp: how far the target's clock is ahead of this host's (below 0: behind)"},
    {"delay", FactType::duration, "ntp: of the network, both ways, without what the target took"},
    {"stratum", FactType::number, "ntp: how far the target is from a reference clock; 16 when it follows none"},
    {"leap", FactType::text, "ntp: `none`, `insert`, `remove` (a second at the end of the month), `unsynchronised`"},
    {"reference_id", FactType::text, "ntp: what the target follows: `GPS`, `192.0.2.9`"},
    {"root_delay", FactType::duration, "ntp: from the target to its reference clock and back"},
    {"root_dispersion", FactType::duration, "ntp: how far the target's time may be off its reference clock"},
    {"server_time", FactType::text, "ntp: the target's time, in UTC"},
    {"kiss", FactType::text, "ntp: the code with which the target declined: `RATE`, `DENY`"},
    // trace
    {"hops", FactType::number, "trace: how many hops the path has, the target's with them"},
    {"branches", FactType::number, "trace: the most branches that a hop has"},
    {"path_end", FactType::text, "trace: `reached`, `unreachable`, `silent`, `loop`, `too_long`, `unfinished`"},
    {"path_changed", FactType::truth, "trace: the path is not the one that was known"},
});

}  // namespace holter::record
