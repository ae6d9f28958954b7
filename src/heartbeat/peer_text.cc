#include "heartbeat/peer_text.h"

namespace holter::heartbeat {

std::string peer_text(const base::Endpoint& peer) {
  if (peer.port != 0) return base::to_string(peer);
  return peer.address.is_any() ? "" : base::to_string(peer.address);
}

base::Endpoint peer_of(std::string_view text) {
  if (const auto endpoint = base::parse_endpoint(text)) return *endpoint;
  const auto address = base::IpAddress::parse(text);
  return address ? base::Endpoint{*address, 0} : base::Endpoint{};
}

}  // namespace holter::heartbeat
