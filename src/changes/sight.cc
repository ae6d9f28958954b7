#include "changes/sight.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/untrusted_text.h"
#include "changes/limits.h"

namespace holter::changes {
namespace {

std::string plain(const wire::MacAddress& mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

bool begins(const wire::MacAddress& mac, std::initializer_list<std::uint8_t> bytes) {
  return std::equal(bytes.begin(), bytes.end(), mac.begin());
}

// RFC 9568, 7.3; Cisco's HSRP of both versions and GLBP.
std::string shared_by(const wire::MacAddress& mac) {
  if (begins(mac, {0x00, 0x00, 0x5e, 0x00, 0x01}) || begins(mac, {0x00, 0x00, 0x5e, 0x00, 0x02})) {
    return fmt::format(" (VRRP {})", mac[5]);
  }
  if (begins(mac, {0x00, 0x00, 0x0c, 0x07, 0xac})) return fmt::format(" (HSRP {})", mac[5]);
  if (begins(mac, {0x00, 0x00, 0x0c, 0x9f}) && mac[4] >= 0xf0) {
    return fmt::format(" (HSRP {})", (mac[4] & 0x0fU) << 8 | mac[5]);
  }
  if (begins(mac, {0x00, 0x07, 0xb4})) return " (GLBP)";
  return "";
}

}  // namespace

Segment segment_of(const wire::Packet& packet) {
  Segment segment;
  if (packet.vlan_count > 0) segment.outer = packet.vlan_tci[0] & 0x0fff;
  if (packet.vlan_count > 1) segment.inner = packet.vlan_tci[1] & 0x0fff;
  return segment;
}

std::string where(const Segment& segment) {
  if (segment.inner != 0) return fmt::format(" in VLAN {}.{}", segment.outer, segment.inner);
  return segment.outer == 0 ? "" : fmt::format(" in VLAN {}", segment.outer);
}

wire::MacAddress mac_of(const wire::FieldEntry& entry) {
  wire::MacAddress mac{};
  std::ranges::copy(entry.data().first(std::min<std::size_t>(entry.length, mac.size())), mac.begin());
  return mac;
}

base::IpAddress address_of(const wire::FieldEntry& entry) {
  if (entry.length == 4) return base::IpAddress::v4({entry.bytes[0], entry.bytes[1], entry.bytes[2], entry.bytes[3]});
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(entry.data().first(std::min<std::size_t>(entry.length, bytes.size())), bytes.begin());
  return base::IpAddress::v6(bytes);
}

std::string text_of(const wire::FieldEntry& entry) {
  if (entry.field->type == wire::FieldType::mac) return plain(mac_of(entry));
  if (entry.field->type == wire::FieldType::address) return to_string(address_of(entry));
  return base::UntrustedText(entry.word(), kShownTextBytes).raw();
}

bool is_one_host(const wire::MacAddress& mac) { return (mac[0] & 1U) == 0 && mac != wire::MacAddress{}; }

std::string words_of(const wire::MacAddress& mac) { return plain(mac) + shared_by(mac); }

}  // namespace holter::changes
