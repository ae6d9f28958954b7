// GTP-U (3GPP TS 29.281) over UDP: a header with optional sequence and N-PDU numbers and a chain of extension headers.
// A G-PDU carries an IP packet of a subscriber, which is a tunnel; other messages are listed by their header only. Each
// end hands out its own TEID, so the two directions of a tunnel have different ones.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct GtpUFields {
  FieldInfo flags{"flags", FieldType::number, "version, protocol type, and which parts are there"};
  FieldInfo version{"version", FieldType::number, "1"};
  FieldInfo type{"type", FieldType::number, "255 G-PDU, 254 end marker, 1 and 2 echo, 26 error"};
  FieldInfo length{"length", FieldType::number, "bytes behind the first eight"};
  FieldInfo teid{"teid", FieldType::number, "tunnel endpoint identifier of the receiver"};
  FieldInfo sequence{"sequence", FieldType::number, "sequence number"};
  FieldInfo n_pdu{"n_pdu", FieldType::number, "N-PDU number"};
  FieldInfo extension{"extension", FieldType::group, "one extension header", Occurs::often};
  FieldInfo extension_type{"extension.type", FieldType::number, "133 is the PDU session container"};
  FieldInfo extension_length{"extension.length", FieldType::number, "bytes, with its length and the next type"};
  FieldInfo extension_pdu_type{"extension.pdu_type", FieldType::number, "of a PDU session: 0 down, 1 up"};
  FieldInfo extension_qos_flow{"extension.qos_flow", FieldType::number, "of a PDU session: its QoS flow"};
  FieldInfo extension_value{"extension.value", FieldType::bytes, "of other extensions"};
};
inline constexpr GtpUFields kGtpUFields;

class GtpUView {
 public:
  static constexpr std::size_t kFixedBytes = 8;
  static constexpr std::size_t kWithOptionsBytes = 12;
  static Parsed<GtpUView> parse(Window window);

  std::uint8_t flags() const { return bytes_[0]; }
  std::uint8_t version() const { return bytes_[0] >> 5; }
  bool is_gtp() const { return version() == 1 && (bytes_[0] & 0x10U) != 0; }  // not GTP', nor another version
  std::uint8_t type() const { return bytes_[1]; }
  std::uint16_t length() const { return load_u16(bytes_, 2); }
  std::uint32_t teid() const { return load_u32(bytes_, 4); }
  bool has_sequence() const { return (bytes_[0] & 2U) != 0; }
  bool has_n_pdu() const { return (bytes_[0] & 1U) != 0; }
  // Only when there is one.
  std::uint16_t sequence() const { return load_u16(bytes_, 8); }
  std::uint8_t n_pdu() const { return bytes_[10]; }
  // 0: no extension header follows.
  std::uint8_t next_extension() const { return (bytes_[0] & 4U) != 0 ? bytes_[11] : std::uint8_t{0}; }
  std::size_t size() const { return bytes_.size(); }

 private:
  explicit GtpUView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_gtp_u(Decoder& decoder);

}  // namespace holter::wire
