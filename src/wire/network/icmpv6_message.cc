#include "wire/network/icmpv6_message.h"

#include <algorithm>

#include "wire/network/group_records.h"
#include "wire/network/icmp_extension.h"
#include "wire/network/icmpv6_fields.h"
#include "wire/network/neighbour_option.h"

namespace holter::wire {
namespace {

constexpr std::size_t kHead = 8;
constexpr std::size_t kAddress = 16;

// The IANA registry "ICMPv6 "type" Numbers".
enum Type : std::uint8_t {
  kDestinationUnreachable = 1,
  kPacketTooBig = 2,
  kTimeExceeded = 3,
  kParameterProblem = 4,
  kEchoRequest = 128,
  kEchoReply = 129,
  kListenerQuery = 130,
  kListenerReport = 131,
  kListenerDone = 132,
  kRouterSolicitation = 133,
  kRouterAdvertisement = 134,
  kNeighbourSolicitation = 135,
  kNeighbourAdvertisement = 136,
  kRedirect = 137,
  kNodeQuery = 139,
  kNodeReply = 140,
  kListenerReport2 = 143,
};

constexpr GroupRecordFields kRecordFields{
    kIcmpv6Fields.record,       kIcmpv6Fields.record_type,         kIcmpv6Fields.record_aux_length,
    kIcmpv6Fields.record_group, kIcmpv6Fields.record_source_count, kIcmpv6Fields.record_source};

Window behind(Window message, std::size_t n) {
  return {message.captured.subspan(std::min(n, message.captured.size())),
          message.claimed - std::min(n, message.claimed)};
}

// Where the options of a message begin; 0 when it has none.
std::size_t options_at(std::uint8_t type) {
  switch (type) {
    case kRouterSolicitation: return 8;
    case kRouterAdvertisement: return 16;
    case kNeighbourSolicitation:
    case kNeighbourAdvertisement: return 24;
    case kRedirect: return 40;
    default: return 0;
  }
}

void list_error(Window message, Steps& steps, FieldList& out) {
  const Bytes bytes = message.captured;
  const std::size_t quoted = bytes[4] * std::size_t{8};
  out.number(kIcmpv6Fields.quoted_length, quoted);
  list_icmp_extension(behind(message, kHead), quoted, kIcmpv6Fields.extension, steps, out);
}

void list_router_advertisement(Bytes bytes, FieldList& out) {
  out.number(kIcmpv6Fields.cur_hop_limit, bytes[4]);
  out.flag(kIcmpv6Fields.managed, (bytes[5] & 0x80) != 0);
  out.flag(kIcmpv6Fields.other_config, (bytes[5] & 0x40) != 0);
  out.flag(kIcmpv6Fields.home_agent, (bytes[5] & 0x20) != 0);
  out.number(kIcmpv6Fields.preference, bytes[5] >> 3 & 3U);
  out.flag(kIcmpv6Fields.proxy, (bytes[5] & 0x04) != 0);
  out.number(kIcmpv6Fields.router_lifetime, load_u16(bytes, 6));
  if (bytes.size() >= 12) out.number(kIcmpv6Fields.reachable_time, load_u32(bytes, 8));
  if (bytes.size() >= 16) out.number(kIcmpv6Fields.retrans_timer, load_u32(bytes, 12));
}

void list_neighbour(Bytes bytes, FieldList& out) {
  if (bytes[0] == kNeighbourAdvertisement) {
    out.flag(kIcmpv6Fields.router, (bytes[4] & 0x80) != 0);
    out.flag(kIcmpv6Fields.solicited, (bytes[4] & 0x40) != 0);
    out.flag(kIcmpv6Fields.override, (bytes[4] & 0x20) != 0);
  }
  if (bytes.size() >= 24) out.data(kIcmpv6Fields.target, bytes.subspan(8, kAddress));
  if (bytes[0] == kRedirect && bytes.size() >= 40) out.data(kIcmpv6Fields.destination, bytes.subspan(24, kAddress));
}

// The second version's query is the longer one (RFC 3810, 8.1).
void list_listener_query(Window message, Steps& steps, FieldList& out) {
  constexpr std::size_t kQuery = 24, kQuery2 = 28;
  const Bytes bytes = message.captured;
  const bool second = message.claimed >= kQuery2;
  out.number(kIcmpv6Fields.max_response, second ? small_float16(load_u16(bytes, 4)) : load_u16(bytes, 4));
  if (bytes.size() < kQuery) return;
  out.data(kIcmpv6Fields.group, bytes.subspan(8, kAddress));
  if (!second || bytes.size() < kQuery2) return;
  out.flag(kIcmpv6Fields.suppress, (bytes[24] & 8) != 0);
  out.number(kIcmpv6Fields.robustness, bytes[24] & 7U);
  out.number(kIcmpv6Fields.query_interval, small_float8(bytes[25]));
  out.number(kIcmpv6Fields.source_count, load_u16(bytes, 26));
  if (!list_sources(behind(message, kQuery2), load_u16(bytes, 26), kAddress, kIcmpv6Fields.source, steps, out)) {
    out.flaw(Anomaly::malformed_payload);
  }
}

void list_listener_report(Bytes bytes, FieldList& out) {
  out.number(kIcmpv6Fields.max_response, load_u16(bytes, 4));
  if (bytes.size() >= 24) out.data(kIcmpv6Fields.group, bytes.subspan(8, kAddress));
}

void list_listener_report2(Window message, Steps& steps, FieldList& out) {
  const std::size_t count = load_u16(message.captured, 6);
  out.number(kIcmpv6Fields.record_count, count);
  if (!list_group_records(behind(message, kHead), count, kAddress, kRecordFields, steps, out)) {
    out.flaw(Anomaly::malformed_payload);
  }
}

void list_node_information(Bytes bytes, FieldList& out) {
  out.number(kIcmpv6Fields.query_type, load_u16(bytes, 4));
  if (bytes.size() >= 16) out.data(kIcmpv6Fields.nonce, bytes.subspan(8, 8));
}

void list_echo(Bytes bytes, FieldList& out) {
  out.number(kIcmpv6Fields.id, load_u16(bytes, 4));
  out.number(kIcmpv6Fields.sequence, load_u16(bytes, 6));
}

void list_message(Window message, Steps& steps, FieldList& out) {
  const Bytes bytes = message.captured;
  switch (bytes[0]) {
    case kDestinationUnreachable:
    case kTimeExceeded: return list_error(message, steps, out);
    case kPacketTooBig: return out.number(kIcmpv6Fields.mtu, load_u32(bytes, 4));
    case kParameterProblem: return out.number(kIcmpv6Fields.pointer, load_u32(bytes, 4));
    case kEchoRequest:
    case kEchoReply: return list_echo(bytes, out);
    case kListenerQuery: return list_listener_query(message, steps, out);
    case kListenerReport:
    case kListenerDone: return list_listener_report(bytes, out);
    case kListenerReport2: return list_listener_report2(message, steps, out);
    case kRouterAdvertisement: return list_router_advertisement(bytes, out);
    case kNeighbourSolicitation:
    case kNeighbourAdvertisement:
    case kRedirect: return list_neighbour(bytes, out);
    case kNodeQuery:
    case kNodeReply: return list_node_information(bytes, out);
    default: break;
  }
}

}  // namespace

bool read_icmpv6_message(Window message, Steps& steps, FieldList* out) {
  if (out != nullptr) list_message(message, steps, *out);
  const std::size_t at = options_at(message.captured[0]);
  if (at == 0) return true;
  if (at > message.claimed) return false;
  return read_neighbour_options(behind(message, at), steps, out);
}

}  // namespace holter::wire
