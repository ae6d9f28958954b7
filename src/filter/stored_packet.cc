#include "filter/stored_packet.h"

#include <algorithm>

#include "filter/frame_match.h"
#include "wire/dispatch.h"

namespace holter::filter {
namespace {

using wire::Packet;

Frame frame_of(const record::PacketRecord& record) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(record.head.data());
  constexpr auto kLastDirection = static_cast<std::uint8_t>(Direction::outgoing);
  return {.bytes = {bytes, record.head.size()},
          .original_length = record.original_length,
          .link = wire::link_type_of_pcap(record.linktype),
          .hints = {.has_vlan = record.taken_tag >= record::kTagTaken,
                    .vlan_tci = static_cast<std::uint16_t>(record.taken_tag),
                    .checksum_not_ready = record.checksum_not_ready},
          .interface = record.interface,
          .linktype = record.linktype,
          .direction = static_cast<Direction>(std::min(record.direction, kLastDirection))};
}

}  // namespace

// The head is shorter than what was captured, and its flaws are not all.
Packet decode_stored(const record::PacketRecord& record, wire::FieldList* fields) {
  const Frame frame = frame_of(record);
  Packet packet =
      wire::decode(frame.bytes, frame.original_length, frame.link, frame.hints, {.checksums = false, .fields = fields});
  packet.captured_length = record.captured_length;
  packet.anomalies = record.anomalies;
  return packet;
}

bool matches_stored(const PacketFilter& filter, const record::PacketRecord& record) {
  const Packet flat = decode_stored(record, nullptr);
  // Most are refused here, before there is memory for their fields.
  if (flat.tunnels == 0 && !filter.may_match(flat)) return false;
  FrameMatch match(filter);
  const Frame frame = frame_of(record);
  if (!filter.needs().fields) return match.matches(frame, flat);
  wire::FieldList fields;
  const Packet packet = decode_stored(record, &fields);
  return match.matches(frame, packet, fields);
}

}  // namespace holter::filter
