// Which application protocol a payload is, by its ports and its first bytes, and its fields. A datagram is a message of
// its own. Of a stream a segment alone tells only the messages that are whole in it; stream_prefix.h puts segments
// together.
#pragma once

#include "wire/application/message.h"
#include "wire/application/payload.h"

namespace holter::wire {

// Writes nothing when no decoder knows it.
void list_application(Payload payload);
// Whether a decoder has more to tell of a packet than the headers before its payload: of what is not the private talk
// of somebody over TCP or UDP, nor the padding of an echo.
bool tells_more(const Packet& packet, Bytes captured);

enum class StreamKind : std::uint8_t { none, dns, tls, http, ssh };

// By the first bytes of a message; `none` also when they are too few to tell, as may_become_stream() says.
StreamKind kind_of_stream(Bytes first, const Packet& packet);
bool may_become_stream(Bytes first, const Packet& packet);
Taken take_messages(StreamKind kind, Payload payload, StreamMemory& memory);

// A segment that the capture cut: whatever its messages claim may have been there.
inline constexpr std::size_t kEndless = std::size_t{1} << 32;

}  // namespace holter::wire
