// Sight is one frame that may tell of a change: what the hot path kept of it, and everything its headers say. `at` is
// the packet's time. Lives for one call.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/time.h"
#include "wire/field_list.h"
#include "wire/packet.h"

namespace holter::changes {

// Where an address means one host: the tags of the frame. A tag that only carries a priority is none.
struct Segment {
  std::uint16_t outer = 0;
  std::uint16_t inner = 0;

  friend auto operator<=>(const Segment&, const Segment&) = default;
};
Segment segment_of(const wire::Packet& packet);
// " in VLAN 20"; empty without a tag.
std::string where(const Segment& segment);

struct Sight {
  const wire::Packet& packet;
  base::Bytes frame;
  const wire::FieldList& fields;
  base::PacketTime at;
};

wire::MacAddress mac_of(const wire::FieldEntry& entry);
base::IpAddress address_of(const wire::FieldEntry& entry);
// Of an entry with text: a MAC and an address too, as they are written.
std::string text_of(const wire::FieldEntry& entry);

// A host's own MAC: neither zero nor of a group.
bool is_one_host(const wire::MacAddress& mac);
// "02:00:00:00:00:01", and behind it whose it is when routers share it: "00:00:5e:00:01:0a (VRRP 10)".
std::string words_of(const wire::MacAddress& mac);

}  // namespace holter::changes
