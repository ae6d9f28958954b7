// Following TCP (RFC 9293) from the middle: what each segment means for the conversation, told from sequence numbers
// (modulo 2^32), acknowledgments and times as they pass here. The rules are those by which Wireshark analyses sequence
// numbers, so that counts can be compared with it; docs/flows.md says where they differ. No option of TCP is looked at.
#pragma once

#include "flow/rarities.h"
#include "wire/packet.h"

namespace holter::flow {

// A segment of `side`, before the flow counts its flags.
void follow_tcp(Flow& flow, unsigned side, const wire::Packet& segment, base::PacketTime now, Rarities& rarities);

// The segment is a SYN of another conversation between the same ends.
bool opens_anew(const Flow& flow, unsigned side, const wire::Packet& segment);

}  // namespace holter::flow
