#include "wire/network/ipv4_options.h"

#include <array>

#include "wire/known_option.h"
#include "wire/network/ipv4_fields.h"
#include "wire/options.h"

namespace holter::wire {
namespace {

constexpr std::size_t kLongest = 38;  // a value's, of 40 bytes of options
constexpr std::uint8_t kLooseSourceRoute = 131;
constexpr std::uint8_t kStrictSourceRoute = 137;

// Pointer, then addresses.
void list_route(Bytes value, FieldList& out) {
  out.number(kIpv4Fields.pointer, value[0]);
  for (std::size_t at = 1; at + 4 <= value.size(); at += 4) out.data(kIpv4Fields.address, value.subspan(at, 4));
}

// Pointer, overflow and flag, then timestamps: alone, or each behind the address of who gives it.
void list_timestamps(Bytes value, FieldList& out) {
  const unsigned flag = value[1] & 0x0fU;
  out.number(kIpv4Fields.pointer, value[0]);
  out.number(kIpv4Fields.overflow, value[1] >> 4);
  out.number(kIpv4Fields.option_flag, flag);
  const Bytes entries = value.subspan(2);
  const std::size_t address = flag == 0 ? 0 : 4;
  const std::size_t size = address + 4;
  for (std::size_t at = 0; address != 0 && at + size <= entries.size(); at += size) {
    out.data(kIpv4Fields.address, entries.subspan(at, 4));
  }
  for (std::size_t at = 0; at + size <= entries.size(); at += size) {
    out.number(kIpv4Fields.timestamp, load_u32(entries, at + address));
  }
}

void list_router_alert(Bytes value, FieldList& out) { out.number(kIpv4Fields.router_alert, load_u16(value, 0)); }
void list_stream_id(Bytes value, FieldList& out) { out.number(kIpv4Fields.stream_id, load_u16(value, 0)); }
void list_opaque(Bytes value, FieldList& out) { out.data(kIpv4Fields.option_bytes, value); }
void list_mtu(Bytes value, FieldList& out) { out.number(kIpv4Fields.probed_mtu, load_u16(value, 0)); }

void list_security(Bytes value, FieldList& out) {
  out.number(kIpv4Fields.classification, value[0]);
  out.data(kIpv4Fields.option_bytes, value.subspan(1));
}

void list_cipso(Bytes value, FieldList& out) {
  out.number(kIpv4Fields.interpretation, load_u32(value, 0));
  out.data(kIpv4Fields.option_bytes, value.subspan(4));
}

// The IANA registry "IP Option Numbers".
constexpr auto kKnown = std::to_array<KnownOption>({
    {0, "end", 0, 0, nullptr},
    {1, "no_operation", 0, 0, nullptr},
    {7, "record_route", 1, kLongest, list_route},
    {11, "mtu_probe", 2, 2, list_mtu},
    {12, "mtu_reply", 2, 2, list_mtu},
    {25, "quick_start", 0, kLongest, list_opaque},
    {68, "timestamp", 2, kLongest, list_timestamps},
    {130, "security", 1, kLongest, list_security},
    {kLooseSourceRoute, "loose_source_route", 1, kLongest, list_route},
    {133, "extended_security", 0, kLongest, list_opaque},
    {134, "cipso", 4, kLongest, list_cipso},
    {136, "stream_id", 2, 2, list_stream_id},
    {kStrictSourceRoute, "strict_source_route", 1, kLongest, list_route},
    {148, "router_alert", 2, 2, list_router_alert},
});

}  // namespace

void list_ipv4_options(Bytes options, FieldList& out) {
  bool ended = false;
  walk_options(options, [&out, &ended](const Option& option) {
    if (ended) return;  // zeros behind the end are no options (RFC 791, 3.1)
    ended = option.kind == 0;
    const KnownOption* const known = find_option(kKnown, option.kind);
    out.open(kIpv4Fields.option);
    out.number(kIpv4Fields.option_kind, option.kind);
    if (known != nullptr) out.word(kIpv4Fields.option_name, known->name);
    if (!option.is_padding()) {
      out.number(kIpv4Fields.option_length, option.value.size() + 2);
      list_value(known, option.value, kIpv4Fields.option_bytes, out);
    }
    out.close();
  });
}

Bytes last_hop_of_source_route(Bytes options) {
  Bytes last;
  walk_options(options, [&last](const Option& option) {
    if (option.kind != kLooseSourceRoute && option.kind != kStrictSourceRoute) return;
    const std::size_t length = option.value.size() + 2;
    if (option.value.size() < 5 || (option.value.size() - 1) % 4 != 0 || option.value[0] > length) return;
    last = option.value.last(4);
  });
  return last;
}

}  // namespace holter::wire
