#include "wire/unknown.h"

#include <algorithm>

namespace holter::wire {

bool ended_unknown(DecodeEnd end) {
  switch (end) {
    case DecodeEnd::unknown_link:
    case DecodeEnd::unknown_ether_type:
    case DecodeEnd::unknown_ip_protocol:
    case DecodeEnd::unknown_llc_sap:
    case DecodeEnd::unknown_snap_protocol:
    case DecodeEnd::unknown_ppp_protocol: return true;
    default: return false;
  }
}

void UnknownProtocols::note(const Packet& packet, base::Bytes captured, std::uint32_t linktype) {
  if (!ended_unknown(packet.end)) return;
  const std::uint32_t number = packet.end == DecodeEnd::unknown_link ? linktype : packet.unknown;
  auto kind = std::ranges::find_if(
      kinds_, [&](const UnknownKind& known) { return known.registry == packet.end && known.number == number; });
  if (kind == kinds_.end()) {
    if (kinds_.size() == kMaxUnknownKinds) {
      ++others_;
      return;
    }
    kinds_.push_back({.registry = packet.end, .number = number});
    kind = kinds_.end() - 1;
  }
  if (kind->packets < kind->samples.size()) {
    UnknownSample& sample = kind->samples[kind->packets];
    const base::Bytes bytes = captured.subspan(std::min<std::size_t>(packet.payload_offset, captured.size()));
    sample.length = static_cast<std::uint32_t>(bytes.size());
    std::copy_n(bytes.begin(), std::min(bytes.size(), sample.data.size()), sample.data.begin());
  }
  ++kind->packets;
}

std::uint64_t UnknownProtocols::packets() const {
  std::uint64_t all = others_;
  for (const UnknownKind& kind : kinds_) all += kind.packets;
  return all;
}

}  // namespace holter::wire
