// GRE: version 0 (RFC 2784, with the key and sequence number of RFC 2890 and the routing of RFC 1701) and version 1,
// which carries PPP for PPTP (RFC 2637). The checksum covers header and payload. What it carries is named by an ether
// type; of those that are packets or frames the inside is a tunnel, all else is what the outer packet carries.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct GreFields {
  FieldInfo flags{"flags", FieldType::number, "all flags and the version"};
  FieldInfo checksum_present{"checksum_present", FieldType::flag, "there is a checksum"};
  FieldInfo routing_present{"routing_present", FieldType::flag, "there is a route (obsolete)"};
  FieldInfo key_present{"key_present", FieldType::flag, "there is a key"};
  FieldInfo sequence_present{"sequence_present", FieldType::flag, "there is a sequence number"};
  FieldInfo acknowledgment_present{"acknowledgment_present", FieldType::flag, "version 1: one is acknowledged"};
  FieldInfo version{"version", FieldType::number, "0, or 1 of PPTP"};
  FieldInfo type{"type", FieldType::number, "ether type of what is carried"};
  FieldInfo checksum{"checksum", FieldType::number, "over header and payload"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo key{"key", FieldType::number, "tells tunnels between the same ends apart"};
  FieldInfo payload_length{"payload_length", FieldType::number, "version 1: bytes behind the header"};
  FieldInfo call_id{"call_id", FieldType::number, "version 1: the receiver's number of the call"};
  FieldInfo sequence{"sequence", FieldType::number, "of the packet"};
  FieldInfo acknowledgment{"acknowledgment", FieldType::number, "version 1: the highest that was received"};
};
inline constexpr GreFields kGreFields;

class GreView {
 public:
  static Parsed<GreView> parse(Window window);

  std::uint16_t flags() const { return load_u16(bytes_, 0); }
  std::uint8_t version() const { return bytes_[1] & 7U; }
  std::uint16_t type() const { return load_u16(bytes_, 2); }
  bool has_checksum() const { return (flags() & 0x8000) != 0; }
  bool has_routing() const { return (flags() & 0x4000) != 0; }
  bool has_key() const { return (flags() & 0x2000) != 0; }
  bool has_sequence() const { return (flags() & 0x1000) != 0; }
  bool has_acknowledgment() const { return version() == 1 && (flags() & 0x0080) != 0; }

  // Only when there is one.
  std::uint16_t checksum() const { return load_u16(bytes_, 4); }
  std::uint32_t key() const { return load_u32(bytes_, key_at()); }
  std::uint32_t sequence() const { return load_u32(bytes_, sequence_at()); }
  std::uint32_t acknowledgment() const { return load_u32(bytes_, sequence_at() + (has_sequence() ? 4U : 0U)); }

  std::size_t size() const { return bytes_.size(); }  // the routing included

 private:
  explicit GreView(Bytes bytes) : bytes_(bytes) {}
  std::size_t key_at() const { return 4U + (has_checksum() || has_routing() ? 4U : 0U); }
  std::size_t sequence_at() const { return key_at() + (has_key() ? 4U : 0U); }
  Bytes bytes_;
};

Next decode_gre(Decoder& decoder);

}  // namespace holter::wire
