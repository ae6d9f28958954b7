#include "wire/link/lldp.h"

#include <algorithm>
#include <array>

#include "wire/shown_bytes.h"

namespace holter::wire {
namespace {

constexpr const LldpFields& f = kLldpFields;
constexpr std::size_t kHeaderBytes = 2;
constexpr std::uint8_t kEnd = 0;
constexpr std::uint8_t kOrganisational = 127;

// Address families of IANA.
constexpr std::uint8_t kFamilyIpv4 = 1;
constexpr std::uint8_t kFamilyIpv6 = 2;
constexpr std::uint8_t kFamilyMac = 6;  // 802

bool is_address(std::uint8_t family, Bytes address) {
  return (family == kFamilyIpv4 && address.size() == 4) || (family == kFamilyIpv6 && address.size() == 16);
}

// What names a chassis or a port, for which the two have other subtypes.
struct Identity {
  const FieldInfo& subtype;
  const FieldInfo& mac;
  const FieldInfo& address;
  const FieldInfo& name;
  std::uint8_t subtype_mac;
  std::uint8_t subtype_address;
};
constexpr Identity kChassis{f.chassis_subtype, f.chassis_mac, f.chassis_address, f.chassis_id, 4, 5};
constexpr Identity kPort{f.port_subtype, f.port_mac, f.port_address, f.port_id, 3, 4};

void list_identity(const Identity& of, Bytes value, FieldList& out) {
  const std::uint8_t subtype = value[0];
  const Bytes id = value.subspan(1);
  out.number(of.subtype, subtype);
  if (subtype == of.subtype_mac && id.size() == 6) {
    out.data(of.mac, id);
  } else if (subtype == of.subtype_address && is_address(id[0], id.subspan(1))) {
    out.data(of.address, id.subspan(1));
  } else {
    out.data(of.name, id);
  }
}

// Length, family and address; then the numbering of interfaces, a number, and an object identifier with its length.
void list_management(Bytes value, FieldList& out) {
  const std::size_t length = value[0];
  if (length == 0 || 1 + length + 6 > value.size()) return;
  const std::uint8_t family = value[1];
  const Bytes address = value.subspan(2, length - 1);
  out.number(f.management_subtype, family);
  if (is_address(family, address)) {
    out.data(f.management_address, address);
  } else if (family == kFamilyMac && address.size() == 6) {
    out.data(f.management_mac, address);
  } else {
    out.data(f.management_bytes, shown(address));
  }
  const Bytes rest = value.subspan(1 + length);
  out.number(f.interface_subtype, rest[0]);
  out.number(f.interface_number, load_u32(rest, 1));
  const std::size_t object = rest[5];
  if (object != 0 && object <= rest.size() - 6) out.data(f.object_id, shown(rest.subspan(6, object)));
}

constexpr auto kRows = std::to_array<LldpRow>({
    {kEnd, 0, [](Bytes, FieldList&) {}},
    {1, 2, [](Bytes value, FieldList& out) { list_identity(kChassis, value, out); }},
    {2, 2, [](Bytes value, FieldList& out) { list_identity(kPort, value, out); }},
    {3, 2, [](Bytes value, FieldList& out) { out.number(f.ttl, load_u16(value, 0)); }},
    {4, 0, [](Bytes value, FieldList& out) { out.data(f.port_description, value); }},
    {5, 0, [](Bytes value, FieldList& out) { out.data(f.system_name, value); }},
    {6, 0, [](Bytes value, FieldList& out) { out.data(f.system_description, value); }},
    {7, 4,
     [](Bytes value, FieldList& out) {
       out.number(f.capabilities, load_u16(value, 0));
       out.number(f.enabled_capabilities, load_u16(value, 2));
     }},
    {8, 9, list_management},
});

constexpr std::size_t kOrganisationBytes = 4;

std::uint32_t oui_of(Bytes value) { return load_u32(value, 0) >> 8; }

struct Tlv {
  std::uint8_t type;
  Bytes value;
};

const LldpRow* row_of(const Tlv& tlv) {
  if (tlv.type == kOrganisational) {
    if (tlv.value.size() < kOrganisationBytes) return nullptr;
    return find_organisational(oui_of(tlv.value), tlv.value[3]);
  }
  const auto row = std::ranges::find(kRows, tlv.type, &LldpRow::number);
  return row == kRows.end() ? nullptr : row;
}

// False: it is shorter than its type needs.
bool read(const Tlv& tlv, FieldList* out) {
  const LldpRow* const row = row_of(tlv);
  const bool organisational = tlv.type == kOrganisational && tlv.value.size() >= kOrganisationBytes;
  const Bytes value = organisational ? tlv.value.subspan(kOrganisationBytes) : tlv.value;
  const bool long_enough = row == nullptr ? tlv.type != kOrganisational || organisational : value.size() >= row->least;
  if (out == nullptr) return long_enough;
  out->open(f.tlv);
  out->number(f.type, tlv.type);
  out->number(f.length, tlv.value.size());
  if (organisational) {
    out->number(f.oui, oui_of(tlv.value));
    out->number(f.subtype, tlv.value[3]);
  }
  if (row != nullptr && long_enough) {
    row->list(value, *out);
  } else if (!value.empty()) {
    out->data(f.value, shown(value));
  }
  out->close();
  return long_enough;
}

}  // namespace

Next decode_lldp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.add(Protocol::lldp);
  FieldList* const out = decoder.fields(Protocol::lldp);
  while (decoder.window().claimed != 0 && decoder.steps.take()) {
    const Window window = decoder.window();
    if (window.claimed < kHeaderBytes) break;
    if (window.captured.size() < kHeaderBytes) return decoder.fail(ParseFault::truncated);
    const std::uint16_t header = load_u16(window.captured, 0);
    const auto type = static_cast<std::uint8_t>(header >> 9);
    const std::size_t length = header & 0x1ffU;
    if (length > window.claimed - kHeaderBytes) {
      packet.add(Anomaly::bad_option);
      break;
    }
    if (length > window.captured.size() - kHeaderBytes) return decoder.fail(ParseFault::truncated);
    if (!read({type, window.captured.subspan(kHeaderBytes, length)}, out)) packet.add(Anomaly::bad_option);
    decoder.advance(kHeaderBytes + length);
    if (type == kEnd) {
      decoder.limit(0);  // the rest is padding
      break;
    }
  }
  return {};
}

}  // namespace holter::wire
