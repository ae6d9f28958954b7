// The short way for the frames that nearly all traffic is made of: Ethernet, IPv4 without options or IPv6 without
// extension headers, then TCP or UDP that nothing is wrong with, not in a tunnel and not in pieces. In one straight
// line, with a fifth of the instructions of the walk in dispatch.cc; whatever is not usual goes that way. Both give the
// same Packet: a test compares them over every frame there is. Pure.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

// False when the frame is not usual; `packet` is then to be made anew. Lists no fields. `packet` has its lengths.
bool decode_usual(const Window& frame, const DecodeHints& hints, const DecodeWish& wish, Packet& packet);

}  // namespace holter::wire
