#include "wire/tunnel/ip_in_ip.h"

namespace holter::wire {
namespace {

Next enter(Decoder& decoder, std::uint16_t ether_type) {
  decoder.fields(Protocol::ip_in_ip);
  if (!decoder.enter_tunnel(Protocol::ip_in_ip, 0)) return {};
  decoder.packet.ether_type = ether_type;
  return {Space::ether_type, ether_type};
}

}  // namespace

Next decode_ipv4_in_ip(Decoder& decoder) { return enter(decoder, kEthertypeIp); }
Next decode_ipv6_in_ip(Decoder& decoder) { return enter(decoder, kEthertypeIpv6); }

}  // namespace holter::wire
