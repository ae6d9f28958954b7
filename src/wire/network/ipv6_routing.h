// What stands behind the first four bytes of an IPv6 routing header: the source route of RFC 2460 (type 0, deprecated),
// the home address of RFC 6275 (2), the shortened route of RPL (3, RFC 6554), the segments of RFC 8754 (4). Of other
// types nothing is known but their number. Read in one pass that also lists them. Each address takes a step. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

using Ipv6Bytes = std::array<std::uint8_t, 16>;

struct Ipv6RoutingFound {
  bool right = true;              // the addresses are there that its numbers speak of
  std::optional<Ipv6Bytes> last;  // where the packet goes in the end, when it is not there yet
};

// `header` is whole, at least 8 bytes; `destination` is the fixed header's. `out` may be null.
Ipv6RoutingFound read_ipv6_routing(Bytes header, const Ipv6Bytes& destination, Steps& steps, FieldList* out);

}  // namespace holter::wire
