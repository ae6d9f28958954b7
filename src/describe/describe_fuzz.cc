// libFuzzer: any frame of any link told in words and as JSON.
#include "describe/packet_json.h"
#include "wire/dispatch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  if (size == 0) return 0;
  const base::Bytes frame(data + 1, size - 1);
  const auto original = static_cast<std::uint32_t>(frame.size() + (data[0] >> 4));
  const wire::Packet packet = decode(frame, original, static_cast<wire::LinkType>(data[0] % 5));
  const std::string line = describe::packet_line(frame, packet, {});
  if (line.find('\n') != std::string::npos) __builtin_trap();
  if (describe::packet_json(frame, packet, {}).find('\n') != std::string::npos) __builtin_trap();
  return 0;
}
