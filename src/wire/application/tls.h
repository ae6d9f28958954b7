// TLS records (RFC 8446, 5.1; RFC 5246, 6.2) and what of the handshake is not encrypted: ClientHello and ServerHello
// whole, other messages by name, alerts. The fields of a hello stand beside the records; of several in one payload only
// the first is read. Certificates are not. A handshake record behind a ChangeCipherSpec, or one whose first message
// does not fit in it, is taken for encrypted. Fingerprints: JA3 (salesforce/ja3), JA3S and JA4 (FoxIO).
#pragma once

#include "wire/application/message.h"
#include "wire/application/payload.h"

namespace holter::wire {

// Whether bytes begin with the header of a record; five are enough.
bool begins_tls(Bytes bytes);

// Records of one direction's stream, one at a time.
Taken take_tls(Payload payload, StreamMemory& memory);

}  // namespace holter::wire
