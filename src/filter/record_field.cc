#include "filter/record_field.h"

#include <algorithm>
#include <charconv>

namespace holter::filter {

void Values::duration(base::Duration value) {
  number(static_cast<std::uint64_t>(std::max<std::int64_t>(value.in_nanoseconds(), 0)));
}

void Values::address(std::string_view value) {
  const auto parsed = base::IpAddress::parse(value);
  if (!parsed) return;
  Value& added = add();
  added.address = wide_of(*parsed);
  added.is_v6 = !parsed->is_v4();
}

PeerParts parts_of_peer(std::string_view peer) {
  PeerParts out{peer, 0};
  const std::size_t colon = peer.rfind(':');
  if (colon == std::string_view::npos) return out;
  std::from_chars(peer.data() + colon + 1, peer.data() + peer.size(), out.port);
  out.address = peer.substr(0, colon);
  if (out.address.starts_with('[') && out.address.ends_with(']')) {
    out.address = out.address.substr(1, out.address.size() - 2);
  }
  return out;
}

}  // namespace holter::filter
