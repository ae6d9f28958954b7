// libFuzzer: any frame of any link told in words and as JSON.
#include "describe/packet_json.h"
#include "describe/packet_line.h"
#include "wire/dispatch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  if (size == 0) return 0;
  const base::Bytes frame(data + 1, size - 1);
  const auto original = static_cast<std::uint32_t>(frame.size() + (data[0] >> 4));
  static wire::FieldList fields;
  fields.clear();
  const auto link = static_cast<wire::LinkType>(data[0] % wire::kLinkTypeCount);
  const wire::Packet packet = decode(frame, original, link, {}, {.fields = &fields});
  const describe::FrameFacts facts;
  const describe::SeenFrame seen{frame, packet, fields, facts};
  if (describe::packet_line(seen).find('\n') != std::string::npos) __builtin_trap();
  describe::TextBuffer json;
  describe::PacketJson().append(json, seen);
  if (json.text().find('\n') != std::string_view::npos) __builtin_trap();
  return 0;
}
