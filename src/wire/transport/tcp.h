// TCP headers (RFC 9293): ports, numbers, flags, window; options are walked for their form.
#pragma once

#include "base/byte_writer.h"
#include "base/ip.h"
#include "wire/decoder.h"

namespace holter::wire {

struct TcpFields {
  FieldInfo src_port{"src_port", FieldType::number, "the sender's port"};
  FieldInfo dst_port{"dst_port", FieldType::number, "the receiver's port"};
  FieldInfo sequence{"sequence", FieldType::number, "of the first byte, as on the wire"};
  FieldInfo acknowledgment{"acknowledgment", FieldType::number, "the next byte expected, as on the wire"};
  FieldInfo header_length{"header_length", FieldType::number, "bytes"};
  FieldInfo flags{"flags", FieldType::number, "all twelve bits"};
  FieldInfo ns{"ns", FieldType::flag, "accurate ECN (RFC 3540)"};
  FieldInfo cwr{"cwr", FieldType::flag, "congestion window reduced"};
  FieldInfo ece{"ece", FieldType::flag, "ECN echo"};
  FieldInfo urg{"urg", FieldType::flag, "urgent"};
  FieldInfo ack{"ack", FieldType::flag, "acknowledges"};
  FieldInfo psh{"psh", FieldType::flag, "push"};
  FieldInfo rst{"rst", FieldType::flag, "reset"};
  FieldInfo syn{"syn", FieldType::flag, "opens"};
  FieldInfo fin{"fin", FieldType::flag, "closes"};
  FieldInfo window{"window", FieldType::number, "as on the wire, not scaled"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses, header and payload"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo urgent_pointer{"urgent_pointer", FieldType::number, "of urgent bytes"};
  FieldInfo payload_length{"payload_length", FieldType::number, "bytes of the segment behind the header"};
};
inline constexpr TcpFields kTcpFields;

inline constexpr std::uint8_t kTcpFin = 0x01;
inline constexpr std::uint8_t kTcpSyn = 0x02;
inline constexpr std::uint8_t kTcpRst = 0x04;
inline constexpr std::uint8_t kTcpPsh = 0x08;
inline constexpr std::uint8_t kTcpAck = 0x10;
inline constexpr std::uint8_t kTcpUrg = 0x20;

struct TcpHeader {
  static constexpr std::size_t kBytes = 20;

  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 65'535;

  // Header, options (a multiple of 4, at most 40 bytes), payload and checksum.
  void emit(base::ByteWriter& out, Bytes options, Bytes payload, const base::IpAddress& source,
            const base::IpAddress& destination) const;
};

class TcpView {
 public:
  static Parsed<TcpView> parse(Window window);

  TcpHeader header() const;
  std::size_t header_length() const { return bytes_.size(); }
  unsigned all_flags() const { return load_u16(bytes_, 12) & 0x0fffU; }  // with those that were reserved once
  std::uint16_t checksum() const { return load_u16(bytes_, 16); }
  std::uint16_t urgent_pointer() const { return load_u16(bytes_, 18); }
  Bytes options() const { return bytes_.subspan(TcpHeader::kBytes); }

 private:
  explicit TcpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_tcp(Decoder& decoder);

}  // namespace holter::wire
