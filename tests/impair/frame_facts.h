// What a fault can ask of an Ethernet frame: its transport, ports, and a few marks. A frame that is cut or strange is
// `other`, never an error: the wire relays it all the same. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"

namespace holter::impair {

struct FrameFacts {
  enum class Transport : std::uint8_t { other, icmp, tcp, udp };

  Transport transport = Transport::other;
  bool ip = false;
  bool echo = false;             // ICMP echo request or reply, either family
  bool housekeeping = false;     // neighbour discovery and multicast listeners of IPv6
  bool syn = false;              // of TCP
  std::size_t payload = 0;       // bytes of TCP payload
  std::uint16_t ports[2] = {};   // source, destination
  std::size_t transport_at = 0;  // where the transport's header begins
  std::size_t size = 0;          // of the whole frame
};

FrameFacts facts_of(base::Bytes frame);

}  // namespace holter::impair
