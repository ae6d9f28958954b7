#include "compat/heartbeat_hub.h"

namespace holter::compat {
namespace {

using heartbeat::Sign;

std::optional<Sign::Kind> kind_of(SegmentMeaning meaning) {
  switch (meaning) {
    case SegmentMeaning::nothing: return std::nullopt;
    case SegmentMeaning::opens: return Sign::Kind::knock;
    case SegmentMeaning::lives: return Sign::Kind::life;
    case SegmentMeaning::says: return Sign::Kind::message;
    case SegmentMeaning::closes: return Sign::Kind::terminate;
  }
  return std::nullopt;
}

std::uint32_t number_of(const base::IpAddress& address) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : address.bytes()) number = number << 8 | byte;
  return number;
}

}  // namespace

std::optional<HeardClient> HeartbeatHub::hear(const HeartbeatSegment& segment) {
  if (segment.to.port != port_) return std::nullopt;
  const auto kind = kind_of(meaning_of(segment));
  if (!kind) {
    ++counters_.ignored;
    return std::nullopt;
  }
  if (!lets_in(segment.from.address)) {
    ++counters_.refused;
    return std::nullopt;
  }
  ++counters_.heard;
  HeardClient heard;
  heard.name = base::to_string(segment.from.address);
  heard.sign.kind = *kind;
  heard.sign.way = record::Way::segment;
  const bool own_host = segment.from.address.is_loopback();
  heard.sign.authentication = own_host ? record::Authentication::loopback : record::Authentication::none;
  if (*kind == Sign::Kind::message) {
    heard.sign.text = segment.text.substr(0, kMaxTextBytes);
    if (heard.sign.text.size() < segment.text.size()) ++counters_.cut;
  }
  heard.path = {segment.from, record::Way::segment, number_of(segment.to.address)};
  return heard;
}

bool HeartbeatHub::lets_in(const base::IpAddress& client) {
  if (client.is_loopback() || clients_.contains(client)) return true;
  if (clients_.size() >= kMaxClients) return false;
  clients_.insert(client);
  return true;
}

MessagePackets HeartbeatHub::pulse(const heartbeat::Reply& ask, const base::IpAddress& other_own,
                                   std::uint16_t from_port) const {
  const base::IpAddress own = ask.path.via == 0 ? other_own : base::IpAddress::v4(ask.path.via);
  return message_packets({own, from_port}, {ask.path.peer.address, reply_port_}, 0, kHeartbeatText);
}

}  // namespace holter::compat
