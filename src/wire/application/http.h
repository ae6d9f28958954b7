// HTTP/1 heads (RFC 9112): the request or status line and the header fields that tell what it is about, each the first
// time it occurs; cookies and credentials are not listed. Bodies are passed over: by their length when the head has it,
// else until a segment begins with a head. Over UDP the same heads are SSDP. A head is at most as long as what is kept
// of a stream.
#pragma once

#include "wire/application/message.h"
#include "wire/application/payload.h"

namespace holter::wire {

inline constexpr std::uint16_t kSsdpPort = 1900;

// Whether bytes begin with a request or status line, as far as they go; a method has to be a known one.
bool begins_http(Bytes bytes);

Taken take_http(Payload payload, StreamMemory& memory);

}  // namespace holter::wire
