// An IP packet straight in another: IPv4 in IPv4 (RFC 2003), IPv6 in IPv4 (6in4, RFC 4213), and either in IPv6
// (RFC 2473). There is no header between the two, so the layer has no fields; it marks where the inner packet begins.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

Next decode_ipv4_in_ip(Decoder& decoder);
Next decode_ipv6_in_ip(Decoder& decoder);

}  // namespace holter::wire
