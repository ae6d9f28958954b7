// UDP headers (RFC 768). A checksum of 0 says that the sender left it out (IPv4). A length of 0 is a jumbogram's
// (RFC 2675) or a large send the device was still to cut: the length is the layer's.
#pragma once

#include "base/byte_writer.h"
#include "base/ip.h"
#include "wire/decoder.h"

namespace holter::wire {

struct UdpFields {
  FieldInfo src_port{"src_port", FieldType::number, "the sender's port"};
  FieldInfo dst_port{"dst_port", FieldType::number, "the receiver's port"};
  FieldInfo length{"length", FieldType::number, "of header and payload"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses, header and payload; 0 is none"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad, unverified or none"};
  FieldInfo payload_length{"payload_length", FieldType::number, "bytes behind the header"};
};
inline constexpr UdpFields kUdpFields;

struct UdpHeader {
  static constexpr std::size_t kBytes = 8;

  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;

  // Header, payload and checksum, between two addresses of one family.
  void emit(base::ByteWriter& out, Bytes payload, const base::IpAddress& source,
            const base::IpAddress& destination) const;
};

class UdpView {
 public:
  static Parsed<UdpView> parse(Window window);

  UdpHeader header() const { return {load_u16(bytes_, 0), load_u16(bytes_, 2)}; }
  std::uint16_t length() const { return load_u16(bytes_, 4); }
  std::uint16_t checksum() const { return load_u16(bytes_, 6); }

 private:
  explicit UdpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_udp(Decoder& decoder);

}  // namespace holter::wire
