// ICMP echo as bytes: requests out (RFC 792, RFC 4443), and what may come back for them: replies, and errors that quote
// the request. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/ip.h"
#include "base/result.h"
#include "probe/icmp/table.h"

namespace holter::probe {

// Appends a request whose payload is `mark` and zeros behind it, `size` bytes in all and not less than the mark. The
// checksum is filled in for IPv4; for IPv6 the kernel does it (it knows the source address).
void write_echo_request(base::ByteWriter& out, base::IpAddress::Family family, EchoIds ids, base::Bytes mark,
                        std::size_t size);

struct EchoReply {
  base::Bytes payload;  // of the bytes that were parsed
};
struct EchoError {
  base::IpAddress target;  // where the quoted request was going
  EchoIds quoted;
  base::Bytes payload;    // what there is of it
  std::uint32_t mtu = 0;  // of the next hop, where the request was too large for it
  base::ErrorKind kind = base::ErrorKind::unreachable;
  std::string_view meaning;  // "port unreachable"
};
// What an ICMP message (without IP header) means to an echo prober; empty when it is neither,
// or came corrupted.
std::optional<std::variant<EchoReply, EchoError>> parse_echo(base::IpAddress::Family family, base::Bytes message);

}  // namespace holter::probe
