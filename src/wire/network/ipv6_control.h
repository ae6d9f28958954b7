// Headers in the form of an IPv6 extension header that carry a control protocol of their own: mobility (RFC 6275), HIP
// (RFC 7401), shim6 (RFC 5533). Type and what each message has at its front are read; what follows is nearly always
// nothing (59). Their checksums are shown, not verified.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct MobilityFields {
  FieldInfo next_header{"next_header", FieldType::number, "what follows; 59 is nothing"};
  FieldInfo length{"length", FieldType::number, "bytes of the header"};
  FieldInfo type{"type", FieldType::number, "which message"};
  FieldInfo name{"name", FieldType::word, "its name, where it has one"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses and header"};
  FieldInfo sequence{"sequence", FieldType::number, "of a binding update or its acknowledgment"};
  FieldInfo flags{"flags", FieldType::number, "of a binding update, 16 bits; of its acknowledgment, 8"};
  FieldInfo lifetime{"lifetime", FieldType::number, "seconds that a binding is good for"};
  FieldInfo status{"status", FieldType::number, "of a binding acknowledgment or error; below 128 accepts"};
  FieldInfo home_address{"home_address", FieldType::address, "of a binding error"};
};
inline constexpr MobilityFields kMobilityFields;

struct HipFields {
  FieldInfo next_header{"next_header", FieldType::number, "what follows; 59 is nothing"};
  FieldInfo length{"length", FieldType::number, "bytes of the header"};
  FieldInfo type{"type", FieldType::number, "which message: 1 I1, 2 R1, 3 I2, 4 R2"};
  FieldInfo version{"version", FieldType::number, "of the protocol"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses and header"};
  FieldInfo controls{"controls", FieldType::number, "flags"};
  FieldInfo sender{"sender", FieldType::bytes, "the sender's host identity tag"};
  FieldInfo receiver{"receiver", FieldType::bytes, "the receiver's"};
};
inline constexpr HipFields kHipFields;

struct Shim6Fields {
  FieldInfo next_header{"next_header", FieldType::number, "what follows; 59 is nothing"};
  FieldInfo length{"length", FieldType::number, "bytes of the header"};
  FieldInfo payload{"payload", FieldType::flag, "carries a packet; else it is a message"};
  FieldInfo context{"context", FieldType::number, "the receiver's tag of the context, of payload"};
  FieldInfo type{"type", FieldType::number, "which message: 1 I1, 2 R1, 3 I2, 4 R2, 64 update, 66 keepalive, 67 probe"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses and message"};
};
inline constexpr Shim6Fields kShim6Fields;

// What the three have in common: next header, length in units of 8 bytes behind the first 8.
class Ipv6ControlView {
 public:
  static Parsed<Ipv6ControlView> parse(Window window);

  std::uint8_t next_header() const { return bytes_[0]; }
  std::size_t header_length() const { return bytes_.size(); }
  Bytes bytes() const { return bytes_; }  // at least 8

 private:
  explicit Ipv6ControlView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_mobility(Decoder& decoder);
Next decode_hip(Decoder& decoder);
Next decode_shim6(Decoder& decoder);

}  // namespace holter::wire
