#include "describe/link_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/untrusted_text.h"
#include "describe/packet_words.h"
#include "wire/link/cdp.h"
#include "wire/link/lacp.h"
#include "wire/link/llc.h"
#include "wire/link/lldp.h"
#include "wire/link/ppp.h"
#include "wire/link/pppoe.h"
#include "wire/link/stp.h"

namespace holter::describe {
namespace {

using wire::Protocol;

const wire::FieldEntry* find(const wire::FieldList& fields, const wire::FieldInfo& field) {
  const auto entries = fields.entries();
  const auto entry = std::ranges::find(entries, &field, &wire::FieldEntry::field);
  return entry == entries.end() ? nullptr : &*entry;
}

std::uint64_t number(const wire::FieldList& fields, const wire::FieldInfo& field) {
  const auto* const entry = find(fields, field);
  return entry == nullptr ? 0 : entry->number;
}

// A text for a line that is short already, or a MAC; with the space before it.
std::string said(const wire::FieldList& fields, const wire::FieldInfo& field) {
  constexpr std::size_t kMost = 40;
  const auto* const entry = find(fields, field);
  if (entry == nullptr || entry->length == 0) return {};
  if (field.type == wire::FieldType::mac) {
    wire::MacAddress mac{};
    std::copy_n(entry->bytes, mac.size(), mac.begin());
    return ' ' + to_string(mac);
  }
  return ' ' + base::UntrustedText(entry->word(), kMost).for_terminal();
}

std::string stp_words(const wire::FieldList& fields) {
  const auto& f = wire::kStpFields;
  if (find(fields, f.root_mac) == nullptr) return number(fields, f.type) == 0x80 ? "topology change" : "";
  return fmt::format("root {}/{} cost {}{}", number(fields, f.root_priority) + number(fields, f.root_extension),
                     said(fields, f.root_mac).substr(1), number(fields, f.root_cost),
                     number(fields, f.topology_change) != 0 ? ", topology change" : "");
}

// Without the space that every piece begins with.
std::string trimmed(std::string text) { return text.empty() ? text : text.substr(1); }

std::string lldp_words(const wire::FieldList& fields) {
  const auto& f = wire::kLldpFields;
  std::string text = said(fields, f.system_name);
  if (text.empty()) text = said(fields, f.chassis_mac) + said(fields, f.chassis_id);
  text += said(fields, f.port_id) + said(fields, f.port_mac);
  return trimmed(fmt::format("{}, for {} s", text, number(fields, f.ttl)));
}

std::string cdp_words(const wire::FieldList& fields) {
  const auto& f = wire::kCdpFields;
  const std::string text = said(fields, f.device_id) + said(fields, f.port_id) + said(fields, f.platform);
  return trimmed(fmt::format("{}, for {} s", text, number(fields, f.ttl)));
}

std::string slow_words(const wire::FieldList& fields) {
  const auto& f = wire::kLacpFields;
  switch (number(fields, f.subtype)) {
    case wire::kSlowLacp:
      return fmt::format("actor{} key {} port {}, partner{} key {} port {}", said(fields, f.actor_system),
                         number(fields, f.actor_key), number(fields, f.actor_port), said(fields, f.partner_system),
                         number(fields, f.partner_key), number(fields, f.partner_port));
    case wire::kSlowMarker: return number(fields, f.marker_type) == 2 ? "marker response" : "marker";
    case 3: return "Ethernet OAM";
    default: return fmt::format("slow protocol {}", number(fields, f.subtype));
  }
}

std::string pppoe_words(const wire::FieldList& fields) {
  const auto& f = wire::kPppoeFields;
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 5> kCodes = {
      {{0x09, "PADI"}, {0x07, "PADO"}, {0x19, "PADR"}, {0x65, "PADS"}, {0xa7, "PADT"}}};
  const auto code =
      std::ranges::find(kCodes, number(fields, f.code), &std::pair<std::uint8_t, std::string_view>::first);
  if (code == kCodes.end()) return {};
  return fmt::format("{} session {}{}{}", code->second, number(fields, f.session_id), said(fields, f.tag_concentrator),
                     said(fields, f.tag_service));
}

std::string ppp_words(const wire::FieldList& fields) {
  const auto& f = wire::kPppFields;
  constexpr std::array<std::string_view, 12> kCodes = {"",
                                                       "configure request",
                                                       "configure ack",
                                                       "configure nak",
                                                       "configure reject",
                                                       "terminate request",
                                                       "terminate ack",
                                                       "code reject",
                                                       "protocol reject",
                                                       "echo request",
                                                       "echo reply",
                                                       "discard request"};
  const auto name = [&]() -> std::string_view {
    switch (number(fields, f.protocol)) {
      case wire::kPppLcp: return "LCP";
      case wire::kPppIpcp: return "IPCP";
      case wire::kPppIpv6cp: return "IPV6CP";
      case wire::kPppPap: return "PAP";
      case wire::kPppChap: return "CHAP";
      default: return {};
    }
  }();
  if (name.empty() || find(fields, f.code) == nullptr) return {};
  const std::uint64_t code = number(fields, f.code);
  const bool negotiation = name.ends_with("CP");  // PAP and CHAP have codes of their own
  const std::string what =
      negotiation && code < kCodes.size() && code != 0 ? std::string(kCodes[code]) : fmt::format("code {}", code);
  return fmt::format("{} {} id {}", name, what, number(fields, f.id));
}

std::string llc_words(const wire::FieldList& fields) {
  const auto& f = wire::kLlcFields;
  const auto* const kind = find(fields, f.kind);
  if (kind == nullptr) return {};
  if (find(fields, wire::kSnapFields.oui) != nullptr) {
    return fmt::format("SNAP {:06x} {:#06x}", number(fields, wire::kSnapFields.oui),
                       number(fields, wire::kSnapFields.type));
  }
  return fmt::format("{:#04x} > {:#04x} {}, control {:#04x}", number(fields, f.ssap), number(fields, f.dsap),
                     kind->word(), number(fields, f.control));
}

struct SapName {
  std::uint16_t number;
  std::string_view name;
};
constexpr auto kSaps = std::to_array<SapName>(
    {{0x42, "GARP"}, {0xe0, "IPX"}, {0xf0, "NBF"}, {0xf8, "RPL"}, {0xfe, "ISO"}, {0x04, "SNA"}, {0x08, "SNA"}});
constexpr auto kCiscos = std::to_array<SapName>(
    {{0x0111, "UDLD"}, {0x2003, "VTP"}, {0x2004, "DTP"}, {0x2000, "CDP"}, {0x0104, "PAgP"}, {0x8035, "SLARP"}});

template <class Table>
std::string_view name_in(const Table& table, std::uint16_t number) {
  const auto row = std::ranges::find(table, number, &SapName::number);
  return row == table.end() ? std::string_view() : row->name;
}

}  // namespace

std::string_view link_protocol_name(const wire::Packet& packet) {
  if (packet.is_ip() || packet.has(Protocol::arp)) return {};
  if (packet.has(Protocol::stp)) return "STP";
  if (packet.has(Protocol::lldp)) return "LLDP";
  if (packet.has(Protocol::cdp)) return "CDP";
  if (packet.has(Protocol::lacp)) return "LACP";
  if (packet.end == wire::DecodeEnd::unknown_llc_sap) return name_in(kSaps, packet.unknown);
  if (packet.end == wire::DecodeEnd::unknown_snap_protocol) return name_in(kCiscos, packet.unknown);
  if (packet.end == wire::DecodeEnd::unknown_ether_type) return packet.unknown == wire::kEthertypeIpx ? "IPX" : "";
  if (packet.has(Protocol::pppoe)) return "PPPoE";
  return packet.has(Protocol::ppp) ? "PPP" : "";
}

std::string link_words(const wire::Packet& packet, const wire::FieldList& fields) {
  if (packet.is_ip()) return {};
  if (packet.has(Protocol::stp)) return stp_words(fields);
  if (packet.has(Protocol::lldp)) return lldp_words(fields);
  if (packet.has(Protocol::cdp)) return cdp_words(fields);
  if (packet.has(Protocol::lacp)) return slow_words(fields);
  if (packet.has(Protocol::ppp)) return ppp_words(fields);
  if (packet.has(Protocol::pppoe)) return pppoe_words(fields);
  return packet.has(Protocol::llc) && !packet.has(Protocol::arp) ? llc_words(fields) : "";
}

std::string tunnel_words(const wire::Packet& packet) {
  if (packet.tunnels == 0) return {};
  std::string text(to_string(packet.tunnel));
  if (packet.tunnel_id != 0) text += fmt::format(" {}", packet.tunnel_id);
  return text + ' ';
}

}  // namespace holter::describe
