#include "sim/segment.h"

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace holter::sim {
namespace {

constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kReset = 0x04;
constexpr std::uint8_t kAck = 0x10;
constexpr std::size_t kFlagsAt = 13;
constexpr std::uint32_t kFirstSequence = 0x1000'0000;

}  // namespace

std::optional<Packet> tcp_packet(const base::IpAddress& from, const base::IpAddress& to, base::Bytes segment) {
  if (segment.size() < kSegmentBytes) return std::nullopt;
  base::ByteReader reader(segment);
  Packet packet;
  packet.protocol = Protocol::tcp;
  packet.source = {from, reader.u16()};
  packet.destination = {to, reader.u16()};
  packet.payload.assign(segment.begin(), segment.end());
  return packet;
}

bool is_syn(const Packet& packet) { return (packet.payload.at(kFlagsAt) & (kSyn | kAck | kReset)) == kSyn; }

Packet answer_to_syn(const Packet& syn, bool listens) {
  base::ByteReader reader(syn.payload);
  reader.skip(4);
  const std::uint32_t sequence = reader.u32();
  base::ByteWriter out;
  out.u16(syn.destination.port);
  out.u16(syn.source.port);
  out.u32(listens ? kFirstSequence : 0);
  out.u32(sequence + 1);
  out.u8(0x50);
  out.u8(listens ? kSyn | kAck : kReset | kAck);
  out.u16(0xffff);
  out.u32(0);
  return *tcp_packet(syn.destination.address, syn.source.address, out.view());
}

}  // namespace holter::sim
