#include "wire/network/neighbour_option.h"

#include <array>
#include <string_view>

#include "wire/known_option.h"
#include "wire/network/icmpv6_fields.h"

namespace holter::wire {
namespace {

constexpr std::size_t kUnit = 8;
constexpr std::size_t kLongest = 255 * kUnit - 2;
constexpr std::size_t kMac = 6;

void list_link_address(Bytes value, FieldList& out) {
  const bool mac = value.size() == kMac;
  list_bytes(out, mac ? kIcmpv6Fields.mac : kIcmpv6Fields.option_bytes, value);
}

// The prefix is as long as it must be; what is left out is 0.
void list_shortened_prefix(Bytes bytes, FieldList& out) {
  std::array<std::uint8_t, 16> whole{};
  std::ranges::copy(bytes.first(std::min(bytes.size(), whole.size())), whole.begin());
  out.made_data(kIcmpv6Fields.prefix, whole);
}

void list_prefix(Bytes value, FieldList& out) {
  out.number(kIcmpv6Fields.prefix_length, value[0]);
  out.flag(kIcmpv6Fields.on_link, (value[1] & 0x80) != 0);
  out.flag(kIcmpv6Fields.autonomous, (value[1] & 0x40) != 0);
  out.flag(kIcmpv6Fields.router_address, (value[1] & 0x20) != 0);
  out.number(kIcmpv6Fields.valid_lifetime, load_u32(value, 2));
  out.number(kIcmpv6Fields.preferred_lifetime, load_u32(value, 6));
  out.data(kIcmpv6Fields.prefix, value.subspan(14, 16));
}

// Six reserved bytes, then the packet, which is too rarely whole to be decoded.
void list_redirected(Bytes value, FieldList& out) {
  out.number(kIcmpv6Fields.redirected_length, value.size() - 6);
  list_bytes(out, kIcmpv6Fields.option_bytes, value.subspan(6));
}

void list_mtu(Bytes value, FieldList& out) { out.number(kIcmpv6Fields.option_mtu, load_u32(value, 2)); }

void list_nonce(Bytes value, FieldList& out) { list_bytes(out, kIcmpv6Fields.option_nonce, value); }

void list_route(Bytes value, FieldList& out) {
  out.number(kIcmpv6Fields.prefix_length, value[0]);
  out.number(kIcmpv6Fields.route_preference, value[1] >> 3 & 3U);
  out.number(kIcmpv6Fields.lifetime, load_u32(value, 2));
  list_shortened_prefix(value.subspan(6), out);
}

void list_servers(Bytes value, FieldList& out) {
  out.number(kIcmpv6Fields.lifetime, load_u32(value, 2));
  for (std::size_t at = 6; at + 16 <= value.size(); at += 16) out.data(kIcmpv6Fields.server, value.subspan(at, 16));
}

// Names of labels, one behind the other, never compressed, padded with 0 (RFC 8106, 5.2).
void list_names(Bytes value, FieldList& out) {
  constexpr std::size_t kLongestLabel = 63, kLongestName = 255;
  out.number(kIcmpv6Fields.lifetime, load_u32(value, 2));
  std::array<char, kLongestName> name{};
  std::size_t length = 0;
  for (std::size_t at = 6; at < value.size();) {
    const std::size_t label = value[at++];
    if (label == 0) {
      if (length != 0) out.made_text(kIcmpv6Fields.domain, {name.data(), length});
      length = 0;
      continue;
    }
    const std::size_t dot = length == 0 ? 0 : 1;
    if (label > kLongestLabel || label > value.size() - at || length + dot + label > kLongestName) {
      return out.flaw(Anomaly::malformed_payload);
    }
    if (dot != 0) name[length++] = '.';
    std::ranges::copy(value.subspan(at, label), name.begin() + static_cast<std::ptrdiff_t>(length));
    length += label;
    at += label;
  }
}

void list_portal(Bytes value, FieldList& out) {
  const auto end = std::ranges::find(value, 0);
  out.data(kIcmpv6Fields.portal, value.first(static_cast<std::size_t>(end - value.begin())));
}

// 13 bits of lifetime in units of 8 seconds, 3 of the prefix's length (RFC 8781, 4).
void list_nat64(Bytes value, FieldList& out) {
  constexpr auto kLengths = std::to_array<std::uint8_t>({96, 64, 56, 48, 40, 32});
  const std::size_t code = value[1] & 7U;
  if (code < kLengths.size()) out.number(kIcmpv6Fields.prefix_length, kLengths[code]);
  out.number(kIcmpv6Fields.lifetime, load_u16(value, 0) & 0xfff8U);
  list_shortened_prefix(value.subspan(2), out);
}

void list_opaque(Bytes value, FieldList& out) { list_bytes(out, kIcmpv6Fields.option_bytes, value); }

// The IANA registry "IPv6 Neighbor Discovery Option Formats".
constexpr auto kKnown = std::to_array<KnownOption>({
    {1, "source_link_address", kMac, kLongest, list_link_address},
    {2, "target_link_address", kMac, kLongest, list_link_address},
    {3, "prefix", 30, 30, list_prefix},
    {4, "redirected", 6, kLongest, list_redirected},
    {5, "mtu", 6, 6, list_mtu},
    {7, "advertisement_interval", 0, kLongest, list_opaque},
    {8, "home_agent", 0, kLongest, list_opaque},
    {11, "cga", 0, kLongest, list_opaque},
    {12, "rsa_signature", 0, kLongest, list_opaque},
    {13, "timestamp", 0, kLongest, list_opaque},
    {14, "nonce", 6, kLongest, list_nonce},
    {24, "route", 6, 22, list_route},
    {25, "dns_servers", 22, kLongest, list_servers},
    {26, "flags", 0, kLongest, list_opaque},
    {31, "dns_names", 14, kLongest, list_names},
    {33, "address_registration", 0, kLongest, list_opaque},
    {34, "6lowpan_context", 0, kLongest, list_opaque},
    {35, "border_router", 0, kLongest, list_opaque},
    {37, "captive_portal", 6, kLongest, list_portal},
    {38, "nat64_prefix", 14, 14, list_nat64},
});

void list_option(Bytes option, FieldList& out) {
  const KnownOption* const known = find_option(kKnown, option[0]);
  out.open(kIcmpv6Fields.option);
  out.number(kIcmpv6Fields.option_type, option[0]);
  if (known != nullptr) out.word(kIcmpv6Fields.option_name, known->name);
  out.number(kIcmpv6Fields.option_length, option.size());
  list_value(known, option.subspan(2), kIcmpv6Fields.option_bytes, out);
  out.close();
}

}  // namespace

bool read_neighbour_options(Window options, Steps& steps, FieldList* out) {
  while (options.claimed != 0 && steps.take()) {
    if (options.captured.size() < 2) return options.fault_of(2) == ParseFault::truncated;
    const std::size_t length = options.captured[1] * kUnit;
    if (length == 0 || length > options.claimed) return false;
    if (length > options.captured.size()) return true;
    if (out != nullptr) list_option(options.captured.first(length), *out);
    options = {options.captured.subspan(length), options.claimed - length};
  }
  return true;
}

}  // namespace holter::wire
