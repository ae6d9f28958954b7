#include "wire/network/fragment.h"

#include <algorithm>
#include <string_view>

#include "wire/checksum.h"
#include "wire/limits.h"
#include "wire/numbers.h"

namespace holter::wire {
namespace {

constexpr std::size_t kIpv4Bytes = 20, kIpv6Bytes = 40, kFragmentBytes = 8;

FragmentKey key_of(const Packet& packet) {
  FragmentKey key;
  key.source = packet.source;
  key.destination = packet.destination;
  key.tunnel_ends = packet.tunnel_ends;
  for (std::size_t i = 0; i < key.vlans.size(); ++i) {
    key.vlans[i] = i < packet.vlan_count ? packet.vlan_tci[i] & 0x0fff : 0;
  }
  key.v6 = packet.has(Protocol::ipv6);
  return key;
}

void put_u16(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

// The bytes between, when all were captured; `from` and `to` count from the network header.
std::optional<Bytes> between(Bytes network, std::size_t from, std::size_t to) {
  if (from > to || to > network.size()) return std::nullopt;
  return network.subspan(from, to - from);
}

std::optional<Fragment> read_ipv4(const Packet& packet, Bytes ip) {
  if (ip.size() < kIpv4Bytes) return std::nullopt;
  const std::size_t header = (ip[0] & 0x0fU) * 4U;
  const auto payload = between(ip, header, load_u16(ip, 2));
  if (!payload || header < kIpv4Bytes) return std::nullopt;
  Fragment fragment;
  fragment.key = key_of(packet);
  fragment.payload = *payload;
  fragment.key.id = load_u16(ip, 4);
  fragment.key.protocol = ip[9];
  fragment.begin = packet.fragment_offset;
  fragment.last = !packet.more_fragments;
  if (fragment.begin == 0) {
    fragment.header.assign(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(header));
    constexpr std::uint8_t kDoNotFragment = 0x40;
    fragment.header[6] &= kDoNotFragment;
    fragment.header[7] = 0;
  }
  return fragment;
}

// Where the fragment header stands, and the byte that announces it; nothing when it was not captured.
struct Place {
  std::size_t at = 0;
  std::size_t announced_at = 0;
};
std::optional<Place> find_fragment_header(Bytes ip) {
  Place place{kIpv6Bytes, 6};
  for (unsigned headers = 0; headers < kMaxLayers && place.at + kFragmentBytes <= ip.size(); ++headers) {
    const std::uint8_t next = ip[place.announced_at];
    if (next == kIpprotoFragment) return place;
    if (next != kIpprotoHopopts && next != kIpprotoRouting && next != kIpprotoDstopts) return std::nullopt;
    place.announced_at = place.at;
    place.at += (ip[place.at + 1] + std::size_t{1}) * 8;
  }
  return std::nullopt;
}

std::optional<Fragment> read_ipv6(const Packet& packet, Bytes ip) {
  if (ip.size() < kIpv6Bytes) return std::nullopt;
  const auto place = find_fragment_header(ip);
  if (!place) return std::nullopt;
  const auto payload = between(ip, place->at + kFragmentBytes, kIpv6Bytes + load_u16(ip, 4));
  if (!payload) return std::nullopt;
  Fragment fragment;
  fragment.key = key_of(packet);
  fragment.payload = *payload;
  fragment.key.id = load_u32(ip, place->at + 4);
  fragment.begin = packet.fragment_offset;
  fragment.last = !packet.more_fragments;
  if (fragment.begin == 0) {
    fragment.header.assign(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(place->at));
    fragment.header[place->announced_at] = ip[place->at];
  }
  return fragment;
}

}  // namespace

std::size_t FragmentKeyHash::operator()(const FragmentKey& key) const {
  const auto text = [](const auto& bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const std::hash<std::string_view> of;
  return of(text(key.source)) ^ of(text(key.destination)) * 3 ^ key.id * 0x9e3779b97f4a7c15U ^ key.protocol;
}

std::optional<Fragment> read_fragment(const Packet& packet, Bytes captured) {
  const Bytes ip = captured.subspan(std::min<std::size_t>(packet.network_offset, captured.size()));
  auto fragment = packet.has(Protocol::ipv6) ? read_ipv6(packet, ip) : read_ipv4(packet, ip);
  // All but the last are cut at units of 8 bytes, and give something.
  if (fragment && !fragment->last && (fragment->payload.empty() || fragment->payload.size() % 8 != 0)) {
    return std::nullopt;
  }
  return fragment;
}

bool finish_header(std::vector<std::uint8_t>& header, bool v6, std::size_t payload_length) {
  const std::size_t length = header.size() + payload_length - (v6 ? kIpv6Bytes : 0);
  if (length > kLargestDatagram) return false;
  if (v6) {
    put_u16(header, 4, length);
    return true;
  }
  put_u16(header, 2, length);
  put_u16(header, 10, 0);
  put_u16(header, 10, internet_checksum(header));
  return true;
}

}  // namespace holter::wire
