// IPv6 extension headers that holter steps over (RFC 8200, 4): hop-by-hop and destination options, routing, fragment.
// Each counts as a layer, so kMaxLayers bounds a chain of them, and each option takes a step.
#pragma once

#include "wire/decoder.h"
#include "wire/network/ipv6_fields.h"

namespace holter::wire {

class Ipv6ExtensionView {
 public:
  // Next header, length in units of 8 bytes behind the first 8.
  static Parsed<Ipv6ExtensionView> parse(Window window);

  std::uint8_t next_header() const { return bytes_[0]; }
  std::size_t header_length() const { return bytes_.size(); }
  Bytes bytes() const { return bytes_; }
  Bytes body() const { return bytes_.subspan(2); }

 private:
  explicit Ipv6ExtensionView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

class Ipv6FragmentView {
 public:
  static constexpr std::size_t kBytes = 8;
  static Parsed<Ipv6FragmentView> parse(Window window);

  std::uint8_t next_header() const { return bytes_[0]; }
  std::uint16_t fragment_offset() const { return static_cast<std::uint16_t>(load_u16(bytes_, 2) & 0xfff8); }
  bool more_fragments() const { return (bytes_[3] & 1) != 0; }
  std::uint32_t identification() const { return load_u32(bytes_, 4); }

 private:
  explicit Ipv6FragmentView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_ipv6_hop_by_hop(Decoder& decoder);
Next decode_ipv6_routing(Decoder& decoder);
Next decode_ipv6_destination(Decoder& decoder);
Next decode_ipv6_fragment(Decoder& decoder);

}  // namespace holter::wire
