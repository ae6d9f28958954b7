#include "wire/link/stp.h"

#include <algorithm>

#include "wire/link/llc_numbers.h"

namespace holter::wire {
namespace {

constexpr std::size_t kVersion3LengthAt = 36;
constexpr std::size_t kVersion3At = 38;

struct BridgeFields {
  const FieldInfo& priority;
  const FieldInfo& extension;
  const FieldInfo& mac;
};

void list_bridge(const BridgeFields& fields, Bytes id, FieldList& out) {
  out.number(fields.priority, load_u16(id, 0) & 0xf000U);
  out.number(fields.extension, load_u16(id, 0) & 0x0fffU);
  out.data(fields.mac, id.subspan(2, 6));
}

double seconds(Bytes bytes, std::size_t at) { return load_u16(bytes, at) / 256.0; }

// The six in the middle mean something since RSTP.
void list_flags(std::uint8_t flags, bool rapid, FieldList& out) {
  const StpFields& f = kStpFields;
  out.number(f.flags, flags);
  out.flag(f.topology_change_ack, (flags & 0x80) != 0);
  if (rapid) {
    out.flag(f.agreement, (flags & 0x40) != 0);
    out.flag(f.forwarding, (flags & 0x20) != 0);
    out.flag(f.learning, (flags & 0x10) != 0);
    out.number(f.port_role, flags >> 2 & 3U);
    out.flag(f.proposal, (flags & 0x02) != 0);
  }
  out.flag(f.topology_change, (flags & 0x01) != 0);
}

void list_tree(Bytes bytes, FieldList& out) {
  const StpFields& f = kStpFields;
  list_flags(bytes[4], static_cast<BpduType>(bytes[3]) == BpduType::rapid, out);
  list_bridge({f.root_priority, f.root_extension, f.root_mac}, bytes.subspan(5), out);
  out.number(f.root_cost, load_u32(bytes, 13));
  list_bridge({f.bridge_priority, f.bridge_extension, f.bridge_mac}, bytes.subspan(17), out);
  out.number(f.port_id, load_u16(bytes, 25));
  out.decimal(f.message_age, seconds(bytes, 27));
  out.decimal(f.max_age, seconds(bytes, 29));
  out.decimal(f.hello_time, seconds(bytes, 31));
  out.decimal(f.forward_delay, seconds(bytes, 33));
}

Bytes without_padding(Bytes text) {
  return text.first(static_cast<std::size_t>(std::ranges::find(text, 0) - text.begin()));
}

void list_region(Bytes bytes, FieldList& out) {
  const StpFields& f = kStpFields;
  out.number(f.version_3_length, load_u16(bytes, kVersion3LengthAt));
  out.number(f.config_format, bytes[38]);
  out.data(f.config_name, without_padding(bytes.subspan(39, 32)));
  out.number(f.config_revision, load_u16(bytes, 71));
  out.data(f.config_digest, bytes.subspan(73, 16));
  out.number(f.internal_cost, load_u32(bytes, 89));
  list_bridge({f.cist_bridge_priority, f.cist_bridge_extension, f.cist_bridge_mac}, bytes.subspan(93), out);
  out.number(f.remaining_hops, bytes[101]);
}

void list_instance(Bytes bytes, FieldList& out) {
  const StpFields& f = kStpFields;
  out.open(f.instance);
  out.number(f.instance_id, load_u16(bytes, 1) & 0x0fffU);
  out.number(f.instance_flags, bytes[0]);
  out.number(f.instance_root_priority, load_u16(bytes, 1) & 0xf000U);
  out.data(f.instance_root_mac, bytes.subspan(3, 6));
  out.number(f.instance_cost, load_u32(bytes, 9));
  out.number(f.instance_bridge_priority, bytes[13] >> 4);
  out.number(f.instance_port_priority, bytes[14] >> 4);
  out.number(f.instance_remaining_hops, bytes[15]);
  out.close();
}

// How many bytes the BPDU has by its own account; 0 when that cannot be known yet.
std::size_t bytes_of(Bytes bytes) {
  if (load_u16(bytes, 0) != 0) return BpduView::kShortBytes;
  switch (static_cast<BpduType>(bytes[3])) {
    case BpduType::configuration: return BpduView::kConfigurationBytes;
    case BpduType::rapid: return BpduView::kRapidBytes;
    case BpduType::topology_change: break;
  }
  return BpduView::kShortBytes;
}

// The lengths of what version 3 adds: whole instances behind its fixed part, within the frame.
std::size_t with_instances(Window window) {
  constexpr std::size_t kFixed = BpduView::kMstBytes - kVersion3At;
  const Bytes bytes = window.captured;
  if (bytes.size() < BpduView::kMstBytes || bytes[2] < 3) return BpduView::kRapidBytes;
  const std::size_t length = load_u16(bytes, kVersion3LengthAt);
  if (length < kFixed) return BpduView::kRapidBytes;
  const std::size_t there = std::min(length - kFixed, bytes.size() - BpduView::kMstBytes);
  return BpduView::kMstBytes + there / BpduView::kInstanceBytes * BpduView::kInstanceBytes;
}

void list_fields(const BpduView& view, FieldList& out) {
  const Bytes bytes = view.bytes();
  out.number(kStpFields.protocol, view.protocol());
  out.number(kStpFields.version, view.version());
  out.number(kStpFields.type, static_cast<std::uint8_t>(view.type()));
  if (!view.has_tree()) return;
  list_tree(bytes, out);
  if (bytes.size() >= BpduView::kRapidBytes) out.number(kStpFields.version_1_length, bytes[35]);
  if (!view.has_instances()) return;
  list_region(bytes, out);
  for (std::size_t at = BpduView::kMstBytes; at < bytes.size(); at += BpduView::kInstanceBytes) {
    list_instance(bytes.subspan(at, BpduView::kInstanceBytes), out);
  }
}

// Cisco's TLV: type 0, length 2, and the VLAN that the BPDU left from.
void list_origin(Window behind, FieldList& out) {
  const Bytes bytes = behind.captured;
  if (bytes.size() >= 6 && load_u16(bytes, 0) == 0 && load_u16(bytes, 2) == 2) {
    out.number(kStpFields.vlan, load_u16(bytes, 4));
  }
}

Next decode_bpdu(Decoder& decoder, bool per_vlan) {
  Packet& packet = decoder.packet;
  const Window window = decoder.window();
  const auto view = BpduView::parse(window);
  if (!view) return decoder.fail(view.error());
  if (view->protocol() != 0) {  // GARP shares the access point
    packet.end = DecodeEnd::unknown_llc_sap;
    packet.unknown = kLlcSapStp;
    return {};
  }
  packet.add(Protocol::stp);
  FieldList* const out = decoder.fields(Protocol::stp);
  if (out != nullptr) list_fields(*view, *out);
  decoder.advance(view->size());
  if (per_vlan && view->has_tree()) {
    decoder.advance(BpduView::kRapidBytes - std::min(view->size(), BpduView::kRapidBytes));
    if (out != nullptr) list_origin(decoder.window(), *out);
  }
  return {};
}

}  // namespace

Parsed<BpduView> BpduView::parse(Window window) {
  const Bytes bytes = window.captured;
  if (bytes.size() < kShortBytes) return window.fault_of(kShortBytes);
  std::size_t length = bytes_of(bytes);
  if (bytes.size() < length) return window.fault_of(length);
  if (length == kRapidBytes) length = with_instances(window);
  return BpduView(bytes.first(length));
}

Next decode_stp(Decoder& decoder) { return decode_bpdu(decoder, false); }
Next decode_pvst(Decoder& decoder) { return decode_bpdu(decoder, true); }

}  // namespace holter::wire
