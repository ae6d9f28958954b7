#include "wire/network/ipv6_control.h"

#include <array>

namespace holter::wire {
namespace {

// RFC 6275, 6.1, and those after it.
constexpr auto kMobilityNames = std::to_array<std::string_view>(
    {"binding_refresh_request", "home_test_init", "care_of_test_init", "home_test", "care_of_test", "binding_update",
     "binding_acknowledgment", "binding_error", "fast_binding_update", "fast_binding_acknowledgment",
     "fast_neighbor_advertisement", "experimental", "home_agent_switch", "heartbeat", "handover_initiate",
     "handover_acknowledge", "binding_revocation", "localized_routing_initiation", "localized_routing_acknowledgment"});

constexpr std::uint8_t kBindingUpdate = 5, kBindingAcknowledgment = 6, kBindingError = 7;
constexpr std::uint64_t kLifetimeUnit = 4;  // seconds

void list_mobility(Bytes bytes, FieldList& out) {
  const std::uint8_t type = bytes[2];
  out.number(kMobilityFields.type, type);
  if (type < kMobilityNames.size()) out.word(kMobilityFields.name, kMobilityNames[type]);
  out.number(kMobilityFields.checksum, load_u16(bytes, 4));
  if (type == kBindingUpdate && bytes.size() >= 12) {
    out.number(kMobilityFields.sequence, load_u16(bytes, 6));
    out.number(kMobilityFields.flags, load_u16(bytes, 8));
    out.number(kMobilityFields.lifetime, load_u16(bytes, 10) * kLifetimeUnit);
  } else if (type == kBindingAcknowledgment && bytes.size() >= 12) {
    out.number(kMobilityFields.sequence, load_u16(bytes, 8));
    out.number(kMobilityFields.flags, bytes[7]);
    out.number(kMobilityFields.lifetime, load_u16(bytes, 10) * kLifetimeUnit);
    out.number(kMobilityFields.status, bytes[6]);
  } else if (type == kBindingError && bytes.size() >= 24) {
    out.number(kMobilityFields.status, bytes[6]);
    out.data(kMobilityFields.home_address, bytes.subspan(8, 16));
  }
}

void list_hip(Bytes bytes, FieldList& out) {
  out.number(kHipFields.type, bytes[2] & 0x7fU);
  out.number(kHipFields.version, bytes[3] >> 4);
  out.number(kHipFields.checksum, load_u16(bytes, 4));
  out.number(kHipFields.controls, load_u16(bytes, 6));
  if (bytes.size() < 40) return;
  out.data(kHipFields.sender, bytes.subspan(8, 16));
  out.data(kHipFields.receiver, bytes.subspan(24, 16));
}

void list_shim6(Bytes bytes, FieldList& out) {
  const bool payload = (bytes[2] & 0x80) != 0;
  out.flag(kShim6Fields.payload, payload);
  if (payload) {
    out.number(kShim6Fields.context, (load_u16(bytes, 2) & 0x7fffULL) << 32 | load_u32(bytes, 4));
  } else {
    out.number(kShim6Fields.type, bytes[2] & 0x7fU);
    out.number(kShim6Fields.checksum, load_u16(bytes, 4));
  }
}

template <class Fields>
Next step_over(Decoder& decoder, Protocol protocol, const Fields& fields, void (*list)(Bytes, FieldList&)) {
  const auto view = Ipv6ControlView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(protocol);
  decoder.packet.ip_protocol = view->next_header();
  if (FieldList* const out = decoder.fields(protocol)) {
    out->number(fields.next_header, view->next_header());
    out->number(fields.length, view->header_length());
    list(view->bytes(), *out);
  }
  decoder.advance(view->header_length());
  return {Space::ip_protocol, view->next_header()};
}

// Mobility and shim6 mean nothing in IPv4.
Next not_in_ipv4(Decoder& decoder) {
  decoder.packet.end = DecodeEnd::unknown_ip_protocol;
  return {};
}

}  // namespace

Parsed<Ipv6ControlView> Ipv6ControlView::parse(Window window) {
  if (window.captured.size() < 2) return window.fault_of(2);
  const std::size_t length = (window.captured[1] + std::size_t{1}) * 8;
  if (window.captured.size() < length) return window.fault_of(length);
  return Ipv6ControlView(window.captured.first(length));
}

Next decode_mobility(Decoder& decoder) {
  if (!decoder.packet.has(Protocol::ipv6)) return not_in_ipv4(decoder);
  return step_over(decoder, Protocol::ipv6_mobility, kMobilityFields, list_mobility);
}

Next decode_hip(Decoder& decoder) { return step_over(decoder, Protocol::hip, kHipFields, list_hip); }

Next decode_shim6(Decoder& decoder) {
  if (!decoder.packet.has(Protocol::ipv6)) return not_in_ipv4(decoder);
  return step_over(decoder, Protocol::shim6, kShim6Fields, list_shim6);
}

}  // namespace holter::wire
