// decode() turns one frame into a Packet: the hot path of the passive river. No heap, no exceptions, at most kMaxLayers
// steps. Which protocol follows which is one table in dispatch.cc; a new protocol is a file pair and a row there.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

// `captured` may be shorter than `original_length` (snaplen): what is cut off is `truncated`, never an anomaly.
Packet decode(Bytes captured, std::uint32_t original_length, LinkType link, const DecodeHints& hints = {},
              const DecodeWish& wish = {});
// The same into `packet`, whatever it held, as whoever decodes many at once does.
void decode(Bytes captured, std::uint32_t original_length, LinkType link, const DecodeHints& hints,
            const DecodeWish& wish, Packet& packet);

// The packet that an ICMP or ICMPv6 error quotes, from its IP header on; offsets count from `Packet::payload_offset` of
// the error. A quote is cut by nature. Only when has_quote(error).
Packet decode_quoted(Bytes captured, const Packet& error);
bool has_quote(const Packet& packet);

}  // namespace holter::wire
