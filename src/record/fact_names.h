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
  std::string_view description;  // for docs/filter.md
  bool kept = true;              // false: expectations see it, and then it is dropped
};

inline constexpr auto kFactNames = std::to_array<FactName>({
    // icmp
    {"ttl", FactType::number, "icmp: the reply's time to live, or hop limit, as it arrived"},
    {"sent", FactType::number, "icmp: how many requests a burst had"},
    {"received", FactType::number, "icmp: how many of them were answered"},
    {"lost", FactType::number, "icmp: how many were not"},
    {"duplicates", FactType::number, "icmp: how many replies came again"},
    {"reordered", FactType::number, "icmp: how many replies came behind that of a later request"},
    {"rtt_min", FactType::duration, "icmp: the shortest round trip of a burst"},
    {"rtt_max", FactType::duration, "icmp: the longest one"},
    {"echo_rtt", FactType::duration, "icmp: each round trip of a burst, in the order of the requests"},
    {"path_mtu", FactType::number, "icmp: what fits through the link that was too narrow, in bytes"},
    // http
    {"status", FactType::number, "http: the status of the last answer"},
    {"version", FactType::text, "http: `HTTP/1.1`, `HTTP/2`"},
    {"body_bytes", FactType::number, "http: how long the body is, unpacked"},
    {"encoding", FactType::text, "http: how the body was packed: `gzip`"},
    {"redirects", FactType::number, "http: how many redirects were followed"},
    {"url", FactType::text, "http: whose answer it is, after redirects"},
    {"location", FactType::text, "http: where a redirect leads that was not followed"},
    {"header", FactType::text, "http: each header of the answer, its name in small letters: `content-type: text/html`",
     false},
    {"body", FactType::text, "http: the body, unpacked", false},
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
    {"answer", FactType::text, "dns: the first answer's data"},
});

}  // namespace holter::record
