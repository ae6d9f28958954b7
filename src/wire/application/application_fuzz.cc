// libFuzzer: any bytes as a datagram or a segment of the ports that the first byte chooses, whole and cut.
#include "wire/application/application.h"

#include <array>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::wire;
  constexpr std::array<std::uint16_t, 10> kPorts{53, 67, 123, 443, 546, 1'900, 1'985, 5'353, 5'355, 80};
  if (size == 0) return 0;
  static FieldList fields;
  Packet packet;
  packet.add(data[0] < 0x80 ? Protocol::udp : Protocol::tcp);
  packet.source_port = 50'000;
  packet.destination_port = kPorts[data[0] % kPorts.size()];
  const Bytes payload(data + 1, size - 1);
  for (const std::size_t more : {std::size_t{0}, std::size_t{1'000}}) {
    fields.clear();
    Steps steps;
    list_application({{payload, payload.size() + more}, packet, steps, fields});
    for (const FieldEntry& entry : fields.entries()) {
      if (entry.mark != FieldEntry::Mark::value || entry.field->type < FieldType::address) continue;
      if (entry.length != 0 && (entry.bytes[0] ^ entry.bytes[entry.length - 1]) > 0xff) __builtin_trap();
    }
  }
  return 0;
}
