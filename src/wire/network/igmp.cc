#include "wire/network/igmp.h"

#include <array>

#include "wire/network/group_records.h"

namespace holter::wire {
namespace {

enum Type : std::uint8_t { kQuery = 0x11, kReport1 = 0x12, kReport2 = 0x16, kLeave = 0x17, kReport3 = 0x22 };

constexpr GroupRecordFields kRecordFields{
    kIgmpFields.record,       kIgmpFields.record_type,         kIgmpFields.record_aux_length,
    kIgmpFields.record_group, kIgmpFields.record_source_count, kIgmpFields.record_source};

std::string_view name_of(std::uint8_t type) {
  switch (type) {
    case kQuery: return "query";
    case kReport1: return "report_v1";
    case 0x13: return "dvmrp";
    case 0x14: return "pim_v1";
    case kReport2: return "report_v2";
    case kLeave: return "leave";
    case 0x1e: return "traceroute_reply";
    case 0x1f: return "traceroute";
    case kReport3: return "report_v3";
    case 0x30: return "router_advertisement";
    case 0x31: return "router_solicitation";
    case 0x32: return "router_termination";
    default: return {};
  }
}

unsigned version_of(const IgmpView& view, std::size_t length) {
  switch (view.type()) {
    case kQuery: return length >= IgmpView::kQuery3Bytes ? 3 : view.max_response() == 0 ? 1 : 2;
    case kReport1: return 1;
    case kReport2:
    case kLeave: return 2;
    case kReport3: return 3;
    default: return 0;
  }
}

Window behind(Window message, std::size_t n) {
  return {message.captured.subspan(std::min(n, message.captured.size())), message.claimed - n};
}

// Whether its numbers are right.
bool list_query3(Window message, Steps& steps, FieldList& out) {
  if (message.captured.size() < IgmpView::kQuery3Bytes) return true;
  const Bytes bytes = message.captured;
  out.flag(kIgmpFields.suppress, (bytes[8] & 8) != 0);
  out.number(kIgmpFields.robustness, bytes[8] & 7U);
  out.number(kIgmpFields.query_interval, small_float8(bytes[9]));
  out.number(kIgmpFields.source_count, load_u16(bytes, 10));
  return list_sources(behind(message, IgmpView::kQuery3Bytes), load_u16(bytes, 10), 4, kIgmpFields.source, steps, out);
}

bool list_report3(Window message, Steps& steps, FieldList& out) {
  const std::size_t count = load_u16(message.captured, 6);
  out.number(kIgmpFields.record_count, count);
  return list_group_records(behind(message, IgmpView::kBytes), count, 4, kRecordFields, steps, out);
}

void list_fields(const IgmpView& view, const Packet& packet, Window message, Steps& steps, FieldList& out) {
  const unsigned version = version_of(view, message.claimed);
  if (version != 0) out.number(kIgmpFields.version, version);
  out.number(kIgmpFields.type, view.type());
  if (const auto name = name_of(view.type()); !name.empty()) out.word(kIgmpFields.name, name);
  if (version == 2 || (view.type() == kQuery && version == 3)) {
    out.number(kIgmpFields.max_response, version == 3 ? small_float8(view.max_response()) : view.max_response());
  }
  out.number(kIgmpFields.checksum, view.checksum());
  out.word(kIgmpFields.checksum_state, to_string(packet.transport_checksum));
  if (version == 1 || version == 2 || view.type() == kQuery) out.data(kIgmpFields.group, view.group());
  bool right = true;
  if (view.type() == kQuery && version == 3) right = list_query3(message, steps, out);
  if (view.type() == kReport3) right = list_report3(message, steps, out);
  if (!right) out.flaw(Anomaly::malformed_payload);
}

}  // namespace

Parsed<IgmpView> IgmpView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return IgmpView(window.captured.first(kBytes));
}

Next decode_igmp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const Window message = decoder.window();
  const auto view = IgmpView::parse(message);
  if (!view) return decoder.fail(view.error());
  packet.add(Protocol::igmp);
  packet.transport_checksum = verify_message(decoder);
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  if (FieldList* const out = decoder.fields(Protocol::igmp)) list_fields(*view, packet, message, decoder.steps, *out);
  decoder.advance(IgmpView::kBytes);
  return {};
}

}  // namespace holter::wire
