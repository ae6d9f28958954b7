// Turns a decoded packet into the record that is kept of it: addresses as text, of the highest layer that has any.
#pragma once

#include <string>

#include "env/frames.h"
#include "record/traffic.h"
#include "wire/packet.h"

namespace holter::capture {

record::PacketRecord packet_record_of(const env::Frame& frame, const wire::Packet& packet, wire::LinkType link,
                                      const std::string& interface);

}  // namespace holter::capture
