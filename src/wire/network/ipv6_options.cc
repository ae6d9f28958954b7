#include "wire/network/ipv6_options.h"

#include <array>

#include "wire/known_option.h"
#include "wire/network/ipv6_fields.h"

namespace holter::wire {
namespace {

constexpr std::uint8_t kPad1 = 0;
constexpr std::uint8_t kJumboPayload = 0xc2;
constexpr std::uint8_t kHomeAddress = 0xc9;
constexpr std::uint32_t kLargestPayload = 65'535;  // that needs no jumbo option
constexpr std::size_t kLongest = 255;

void list_opaque(Bytes value, FieldList& out) { list_bytes(out, kIpv6OptionsFields.option_bytes, value); }
void list_tunnel_limit(Bytes value, FieldList& out) { out.number(kIpv6OptionsFields.tunnel_limit, value[0]); }
void list_router_alert(Bytes value, FieldList& out) { out.number(kIpv6OptionsFields.router_alert, load_u16(value, 0)); }
void list_jumbo(Bytes value, FieldList& out) { out.number(kIpv6OptionsFields.jumbo_length, load_u32(value, 0)); }
void list_home_address(Bytes value, FieldList& out) { out.data(kIpv6OptionsFields.home_address, value); }

// The IANA registry "Destination Options and Hop-by-Hop Options".
constexpr auto kKnown = std::to_array<KnownOption>({
    {kPad1, "pad1", 0, 0, nullptr},
    {0x01, "padn", 0, kLongest, nullptr},
    {0x04, "tunnel_encapsulation_limit", 1, 1, list_tunnel_limit},
    {0x05, "router_alert", 2, 2, list_router_alert},
    {0x07, "calipso", 0, kLongest, list_opaque},
    {0x08, "smf_dpd", 0, kLongest, list_opaque},
    {0x0f, "performance_metrics", 0, kLongest, list_opaque},
    {0x11, "ioam", 0, kLongest, list_opaque},
    {0x23, "rpl", 0, kLongest, list_opaque},
    {0x26, "quick_start", 0, kLongest, list_opaque},
    {0x30, "minimum_path_mtu", 0, kLongest, list_opaque},
    {0x31, "ioam", 0, kLongest, list_opaque},
    {0x63, "rpl", 0, kLongest, list_opaque},
    {0x6d, "mpl", 0, kLongest, list_opaque},
    {0x8b, "ilnp_nonce", 0, kLongest, list_opaque},
    {0x8c, "line_identification", 0, kLongest, list_opaque},
    {kJumboPayload, "jumbo_payload", 4, 4, list_jumbo},
    {kHomeAddress, "home_address", 16, 16, list_home_address},
});

void list_option(std::uint8_t type, Bytes value, FieldList& out) {
  const KnownOption* const known = find_option(kKnown, type);
  out.open(kIpv6OptionsFields.option);
  out.number(kIpv6OptionsFields.option_type, type);
  if (known != nullptr) out.word(kIpv6OptionsFields.option_name, known->name);
  if (type != kPad1) {
    out.number(kIpv6OptionsFields.action, type >> 6);
    out.flag(kIpv6OptionsFields.may_change, (type & 0x20) != 0);
    out.number(kIpv6OptionsFields.option_length, value.size());
    list_value(known, value, kIpv6OptionsFields.option_bytes, out);
  }
  out.close();
}

void note(std::uint8_t type, Bytes value, Ipv6OptionsFound& found) {
  if (type == kHomeAddress && value.size() == 16) found.home_address = value;
  if (type != kJumboPayload) return;
  const std::uint32_t length = value.size() == 4 ? load_u32(value, 0) : 0;
  if (length > kLargestPayload) {
    found.jumbo_length = length;
  } else {
    found.right = false;
  }
}

}  // namespace

Ipv6OptionsFound read_ipv6_options(Bytes options, Steps& steps, FieldList* out) {
  Ipv6OptionsFound found;
  while (!options.empty() && steps.take()) {
    const std::uint8_t type = options[0];
    const std::size_t head = type == kPad1 ? 1 : 2;
    const std::size_t length = type == kPad1 || options.size() < 2 ? 0 : options[1];
    if (options.size() < head + length) {
      found.right = false;
      break;
    }
    const Bytes value = options.subspan(head, length);
    note(type, value, found);
    if (out != nullptr) list_option(type, value, *out);
    options = options.subspan(head + length);
  }
  return found;
}

}  // namespace holter::wire
