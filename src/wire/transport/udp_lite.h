// UDP-Lite headers (RFC 3828): UDP whose checksum covers only the first bytes, as many as the sender says; 0 is all.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct UdpLiteFields {
  FieldInfo src_port{"src_port", FieldType::number, "the sender's port"};
  FieldInfo dst_port{"dst_port", FieldType::number, "the receiver's port"};
  FieldInfo coverage{"coverage", FieldType::number, "bytes under the checksum, as on the wire; 0 is all"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses and what is covered"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo payload_length{"payload_length", FieldType::number, "bytes behind the header"};
};
inline constexpr UdpLiteFields kUdpLiteFields;

class UdpLiteView {
 public:
  static constexpr std::size_t kBytes = 8;
  static Parsed<UdpLiteView> parse(Window window);

  std::uint16_t source_port() const { return load_u16(bytes_, 0); }
  std::uint16_t destination_port() const { return load_u16(bytes_, 2); }
  std::uint16_t coverage() const { return load_u16(bytes_, 4); }
  std::uint16_t checksum() const { return load_u16(bytes_, 6); }

 private:
  explicit UdpLiteView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_udp_lite(Decoder& decoder);

}  // namespace holter::wire
