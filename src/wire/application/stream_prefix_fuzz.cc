// libFuzzer: the input is cut into segments of one direction: three bytes say how far each one lies from the last and
// how long it is, and whether the capture cut it.
#include "wire/application/stream_prefix.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::wire;
  static FieldList fields;
  static StreamPrefixes streams;  // kept: a direction that begins anew must forget what was
  Packet packet;
  packet.add(Protocol::tcp);
  packet.source_port = 50'000;
  packet.destination_port = size > 0 && data[0] % 2 == 0 ? 53 : 443;
  packet.tcp_flags = 0x02;
  streams.observe(packet, {}, {}, fields);
  packet.tcp_flags = 0x10;
  packet.tcp_sequence = 1;
  Bytes input(data, size);
  while (input.size() > 3) {
    const std::size_t length = std::min<std::size_t>(input[1] + input[2] % 4 * 256U, input.size() - 3);
    packet.tcp_sequence += static_cast<std::uint32_t>(static_cast<std::int8_t>(input[0]) / 4);
    packet.payload_length = static_cast<std::uint32_t>(length + (input[2] > 250 ? 100 : 0));
    const Bytes payload = input.subspan(3, length);
    fields.clear();
    streams.observe(packet, payload, {}, fields);
    packet.tcp_sequence += packet.payload_length;
    input = input.subspan(3 + length);
  }
  return 0;
}
