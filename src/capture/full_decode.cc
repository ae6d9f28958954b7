#include "capture/full_decode.h"

#include "wire/dispatch.h"

namespace holter::capture {
namespace {

using wire::FieldEntry;
using wire::Protocol;

bool is_network_header(Protocol layer) { return layer == Protocol::ipv4 || layer == Protocol::ipv6; }

// How many layers of the datagram its fragments have too: the network header, and what stood before IPv6's fragment
// header.
std::size_t shared_layers(const wire::FieldList& of_fragment) {
  std::size_t shared = 0;
  for (const FieldEntry& entry : of_fragment.entries()) {
    if (entry.mark != FieldEntry::Mark::layer) continue;
    if (is_network_header(entry.layer)) {
      shared = 1;
    } else if (entry.layer == Protocol::ipv6_fragment) {
      return shared;
    } else if (shared != 0) {
      ++shared;
    }
  }
  return 1;
}

}  // namespace

void FullDecode::decode(const wire::CapturedFrame& frame, wire::LinkType link, wire::Packet& packet) {
  const base::PacketTime at = frame.captured_at.value_or(base::PacketTime());
  fields_.clear();
  const wire::DecodeWish wish{.segments = false, .fields = &fields_};
  wire::decode(frame.bytes, frame.original_length, link, {}, wish, packet);
  datagram_.reset();
  if (packet.is_fragment()) {
    datagram_ = fragments_.add(packet, frame.bytes, at);
    if (datagram_) list_datagram(at, packet);
  } else {
    streams_.observe(packet, frame.bytes, at, fields_);
  }
}

void FullDecode::list_datagram(base::PacketTime at, wire::Packet& packet) {
  upper_.clear();
  const auto length = static_cast<std::uint32_t>(datagram_->size());
  const wire::DecodeWish wish{.segments = false, .fields = &upper_};
  wire::decode(*datagram_, length, wire::LinkType::raw_ip, {}, wish, inner_);
  streams_.observe(inner_, *datagram_, at, upper_);
  packet.anomalies |= inner_.anomalies;
  fields_.add_layers(upper_, shared_layers(fields_));
}

}  // namespace holter::capture
