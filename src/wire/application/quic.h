// QUIC long headers (RFC 8999, 9000, version 2 of RFC 9369, drafts 29 to 34): version, connection ids and kind of every
// packet of a datagram, version negotiation, and the ClientHello inside a client's first Initial, which is encrypted
// with keys that anybody can work out (RFC 9001, 5.2). CRYPTO frames are put together within one datagram. Short
// headers say nothing by themselves and are not claimed.
#pragma once

#include "wire/application/payload.h"

namespace holter::wire {

struct QuicFields {
  FieldInfo packet{"packet", FieldType::group, "a packet of the datagram", Occurs::often};
  FieldInfo type{"packet.type", FieldType::word, "initial, 0-rtt, handshake, retry or version_negotiation"};
  FieldInfo version{"packet.version", FieldType::number, "1; 0x6b3343cf is version 2; 0 negotiates"};
  FieldInfo dcid_length{"packet.dcid_length", FieldType::number, "bytes"};
  FieldInfo dcid{"packet.dcid", FieldType::bytes, "the receiver's connection id"};
  FieldInfo scid_length{"packet.scid_length", FieldType::number, "bytes"};
  FieldInfo scid{"packet.scid", FieldType::bytes, "the sender's connection id"};
  FieldInfo supported_version{"packet.supported_version", FieldType::number, "what a server would take", Occurs::often};
  FieldInfo token_length{"packet.token_length", FieldType::number, "bytes, of an Initial"};
  FieldInfo length{"packet.length", FieldType::number, "packet number and protected payload"};
  FieldInfo packet_number{"packet.packet_number", FieldType::number, "of an Initial that could be opened"};
};
inline constexpr QuicFields kQuicFields;
inline constexpr std::uint16_t kHttpsPort = 443;  // over UDP

// False, and nothing listed: it is not surely QUIC.
bool list_quic(Payload payload);

}  // namespace holter::wire
