#include "wire/network/ipv6_routing.h"

#include <algorithm>

#include "wire/known_option.h"
#include "wire/network/ipv6_fields.h"

namespace holter::wire {
namespace {

constexpr std::size_t kFixed = 8;  // bytes before the first address, of every type
constexpr std::size_t kAddress = 16;

enum RoutingType : std::uint8_t { kSourceRoute = 0, kMobile = 2, kRpl = 3, kSegments = 4 };

struct Reading {
  Bytes header;
  const Ipv6Bytes& destination;
  Steps& steps;
  FieldList* out;
  Ipv6RoutingFound found;

  unsigned segments_left() const { return header[3]; }
  Bytes body() const { return header.subspan(kFixed); }
};

Ipv6Bytes address_at(Bytes bytes, std::size_t at) {
  Ipv6Bytes address{};
  std::ranges::copy(bytes.subspan(at, kAddress), address.begin());
  return address;
}

void list_addresses(Reading& reading, std::size_t count) {
  for (std::size_t i = 0; i < count && reading.steps.take(); ++i) {
    if (reading.out != nullptr) {
      reading.out->data(kIpv6RoutingFields.address, reading.body().subspan(i * kAddress, kAddress));
    }
  }
}

// Types 0 and 2: addresses to the header's end, visited from the first to the last.
void read_addresses(Reading& reading) {
  const std::size_t count = reading.body().size() / kAddress;
  list_addresses(reading, count);
  reading.found.right = reading.body().size() % kAddress == 0 && reading.segments_left() <= count;
  if (reading.found.right && reading.segments_left() != 0) {
    reading.found.last = address_at(reading.body(), (count - 1) * kAddress);
  }
}

void list_tlvs(Bytes bytes, Steps& steps, FieldList& out) {
  constexpr std::uint8_t kPad1 = 0;
  while (!bytes.empty() && steps.take()) {
    const std::size_t head = bytes[0] == kPad1 ? 1 : 2;
    const std::size_t length = bytes[0] == kPad1 || bytes.size() < 2 ? 0 : bytes[1];
    if (bytes.size() < head + length) return;
    out.open(kIpv6RoutingFields.tlv);
    out.number(kIpv6RoutingFields.tlv_type, bytes[0]);
    if (bytes[0] != kPad1) {
      out.number(kIpv6RoutingFields.tlv_length, length);
      list_bytes(out, kIpv6RoutingFields.tlv_bytes, bytes.subspan(2, length));
    }
    out.close();
    bytes = bytes.subspan(head + length);
  }
}

// Type 4: the segments are in reverse, so the first is where the packet goes in the end.
void read_segments(Reading& reading) {
  const std::size_t said = reading.header[4] + std::size_t{1};
  const std::size_t count = std::min(said, reading.body().size() / kAddress);
  if (reading.out != nullptr) {
    reading.out->number(kIpv6RoutingFields.last_entry, reading.header[4]);
    reading.out->number(kIpv6RoutingFields.flags, reading.header[5]);
    reading.out->number(kIpv6RoutingFields.tag, load_u16(reading.header, 6));
  }
  list_addresses(reading, count);
  // A reduced list leaves out the first stop, which the fixed header has: one more left than entries (RFC 8754, 4.1.1).
  reading.found.right = count == said && reading.segments_left() <= said;
  if (reading.found.right && reading.segments_left() != 0) reading.found.last = address_at(reading.body(), 0);
  if (reading.out != nullptr) list_tlvs(reading.body().subspan(count * kAddress), reading.steps, *reading.out);
}

// Type 3: addresses share their first bytes with the fixed header's destination and leave them out.
void read_rpl(Reading& reading) {
  const std::size_t elided = reading.header[4] >> 4;
  const std::size_t last_elided = reading.header[4] & 0x0fU;
  const std::size_t padding = reading.header[5] >> 4;
  if (reading.out != nullptr) {
    reading.out->number(kIpv6RoutingFields.prefix_elided, elided);
    reading.out->number(kIpv6RoutingFields.last_elided, last_elided);
  }
  const Bytes body = reading.body();
  const std::size_t each = kAddress - elided, last = kAddress - last_elided;
  if (body.size() < padding + last) {
    reading.found.right = reading.segments_left() == 0 && body.size() == padding;
    return;
  }
  const std::size_t count = (body.size() - padding - last) / each + 1;
  Ipv6Bytes address{};
  for (std::size_t i = 0; i < count && reading.steps.take(); ++i) {
    const std::size_t size = i + 1 == count ? last : each;
    address = reading.destination;
    std::ranges::copy(body.subspan(i * each, size), address.end() - static_cast<std::ptrdiff_t>(size));
    if (reading.out != nullptr) reading.out->made_data(kIpv6RoutingFields.address, address);
  }
  reading.found.right = reading.segments_left() <= count && (body.size() - padding - last) % each == 0;
  if (reading.found.right && reading.segments_left() != 0) reading.found.last = address;
}

}  // namespace

Ipv6RoutingFound read_ipv6_routing(Bytes header, const Ipv6Bytes& destination, Steps& steps, FieldList* out) {
  Reading reading{header, destination, steps, out, {}};
  if (out != nullptr) {
    out->number(kIpv6RoutingFields.type, header[2]);
    out->number(kIpv6RoutingFields.segments_left, header[3]);
  }
  switch (header[2]) {
    case kSourceRoute:
    case kMobile: read_addresses(reading); break;
    case kRpl: read_rpl(reading); break;
    case kSegments: read_segments(reading); break;
    default: break;
  }
  return reading.found;
}

}  // namespace holter::wire
