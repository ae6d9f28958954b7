// libFuzzer: any bytes as a frame of each link type, whole and cut, and what an ICMP error in it quotes.
#include "wire/dispatch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::wire;
  const Bytes frame(data, size);
  for (const LinkType link : {LinkType::ethernet, LinkType::raw_ip}) {
    for (const std::size_t more : {std::size_t{0}, std::size_t{1'500}}) {
      const Packet packet = decode(frame, static_cast<std::uint32_t>(size + more), link);
      if (packet.payload(frame).size() > size) __builtin_trap();
      if (has_quote(packet)) (void)decode_quoted(frame, packet);
    }
  }
  return 0;
}
