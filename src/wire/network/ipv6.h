// IPv6 headers (RFC 8200). A payload length of 0 before a hop-by-hop header means a jumbogram (RFC 2675; the kernel's
// own big segments look so): its length is the frame's.
#pragma once

#include "base/byte_writer.h"
#include "wire/decoder.h"

namespace holter::wire {

struct Ipv6Fields {
  FieldInfo dscp{"dscp", FieldType::number, "differentiated services code point"};
  FieldInfo ecn{"ecn", FieldType::number, "explicit congestion notification"};
  FieldInfo flow_label{"flow_label", FieldType::number, "20 bits"};
  FieldInfo payload_length{"payload_length", FieldType::number, "behind the fixed header"};
  FieldInfo next_header{"next_header", FieldType::number, "what follows: 6 is TCP"};
  FieldInfo hop_limit{"hop_limit", FieldType::number, "hops left"};
  FieldInfo src{"src", FieldType::address, "source"};
  FieldInfo dst{"dst", FieldType::address, "destination"};
};
inline constexpr Ipv6Fields kIpv6Fields;

struct Ipv6Header {
  static constexpr std::size_t kBytes = 40;

  std::uint8_t traffic_class = 0;
  std::uint32_t flow_label = 0;  // 20 bits
  std::uint16_t payload_length = 0;
  std::uint8_t next_header = 0;
  std::uint8_t hop_limit = 64;
  std::array<std::uint8_t, 16> source{};
  std::array<std::uint8_t, 16> destination{};

  void emit(base::ByteWriter& out) const;
};

class Ipv6View {
 public:
  static Parsed<Ipv6View> parse(Window window);

  std::uint16_t payload_length() const { return load_u16(bytes_, 4); }
  std::uint8_t next_header() const { return bytes_[6]; }
  Bytes source() const { return bytes_.subspan(8, 16); }
  Bytes destination() const { return bytes_.subspan(24, 16); }
  Ipv6Header header() const;

 private:
  explicit Ipv6View(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_ipv6(Decoder& decoder);

}  // namespace holter::wire
