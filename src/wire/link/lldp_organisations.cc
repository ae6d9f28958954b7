#include "wire/link/lldp_fields.h"

#include <algorithm>
#include <array>

#include "wire/shown_bytes.h"

namespace holter::wire {
namespace {

constexpr const LldpFields& f = kLldpFields;

void list_named_vlan(Bytes value, FieldList& out) {
  out.number(f.vlan_id, load_u16(value, 0));
  out.data(f.vlan_name, value.subspan(3, std::min<std::size_t>(value[2], value.size() - 3)));
}

void list_aggregation(Bytes value, FieldList& out) {
  out.number(f.aggregation_status, value[0]);
  out.number(f.aggregated_port, load_u32(value, 1));
}

void list_power(Bytes value, FieldList& out) {
  constexpr std::size_t kWithNegotiation = 8;  // IEEE 802.3at added it
  out.number(f.power_support, value[0]);
  out.number(f.power_pair, value[1]);
  out.number(f.power_class, value[2]);
  if (value.size() < kWithNegotiation) return;
  out.number(f.power_type, value[3] >> 6);
  out.number(f.power_source, value[3] >> 4 & 3U);
  out.number(f.power_priority, value[3] & 3U);
  out.number(f.power_requested, load_u16(value, 4));
  out.number(f.power_allocated, load_u16(value, 6));
}

constexpr std::uint32_t kOui8021 = 0x0080c2;
constexpr auto kRows8021 = std::to_array<LldpRow>({
    {1, 2, [](Bytes value, FieldList& out) { out.number(f.pvid, load_u16(value, 0)); }},
    {2, 3,
     [](Bytes value, FieldList& out) {
       out.number(f.protocol_vlan_flags, value[0]);
       out.number(f.protocol_vlan, load_u16(value, 1));
     }},
    {3, 3, list_named_vlan},
    {4, 1,
     [](Bytes value, FieldList& out) {
       out.data(f.protocol_identity, shown(value.subspan(1, std::min<std::size_t>(value[0], value.size() - 1))));
     }},
    {7, 5, list_aggregation},
});

constexpr std::uint32_t kOui8023 = 0x00120f;
constexpr auto kRows8023 = std::to_array<LldpRow>({
    {1, 5,
     [](Bytes value, FieldList& out) {
       out.number(f.autonegotiation, value[0]);
       out.number(f.advertised, load_u16(value, 1));
       out.number(f.mau_type, load_u16(value, 3));
     }},
    {2, 3, list_power},
    {3, 5, list_aggregation},
    {4, 2, [](Bytes value, FieldList& out) { out.number(f.max_frame, load_u16(value, 0)); }},
});

template <class Rows>
const LldpRow* find_in(const Rows& rows, std::uint8_t subtype) {
  const auto row = std::ranges::find(rows, subtype, &LldpRow::number);
  return row == rows.end() ? nullptr : row;
}

}  // namespace

const LldpRow* find_organisational(std::uint32_t oui, std::uint8_t subtype) {
  if (oui == kOui8021) return find_in(kRows8021, subtype);
  return oui == kOui8023 ? find_in(kRows8023, subtype) : nullptr;
}

}  // namespace holter::wire
