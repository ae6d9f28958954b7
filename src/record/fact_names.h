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
    {"path_mtu", FactType::number,
     "icmp: what fits through the link that was too narrow; trace: what passes to the target; in bytes"},
    // http
    {"status", FactType::number, "http: the status of the last answer"},
    {"version", FactType::text, "http: `HTTP/1.1`, `HTTP/2`"},
    {"body_bytes", FactType::number, "http: how many bytes of body came"},
    {"location", FactType::text, "http: where a redirect leads"},
    {"tls_version", FactType::text, "tls: `TLSv1.3`"},
    {"certificate_left", FactType::duration, "tls: for how long the certificate still holds"},
    // dns
    {"rcode", FactType::text, "dns: `NOERROR`, `NXDOMAIN`, ..."},
    {"answers", FactType::number, "dns: how many records answer the question"},
    {"answer", FactType::text, "dns: the first answer's data"},
    // trace
    {"hops", FactType::number, "trace: how many hops the path has, the target's with them"},
    {"branches", FactType::number, "trace: the most branches that a hop has"},
    {"path_end", FactType::text, "trace: `reached`, `unreachable`, `silent`, `loop`, `too_long`, `unfinished`"},
    {"path_changed", FactType::truth, "trace: the path is not the one that was known"},
});

}  // namespace holter::record
