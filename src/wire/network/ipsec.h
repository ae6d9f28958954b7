// The two headers of IPsec, behind IPv4 or IPv6: AH (RFC 4302), which says what follows and is stepped over, and ESP
// (RFC 4303), behind whose eight bytes everything is encrypted: payload. The code that AH holds is not verified.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct AhFields {
  FieldInfo next_header{"next_header", FieldType::number, "what follows"};
  FieldInfo length{"length", FieldType::number, "bytes of the header"};
  FieldInfo spi{"spi", FieldType::number, "security parameters index"};
  FieldInfo sequence{"sequence", FieldType::number, "of the packet"};
  FieldInfo icv{"icv", FieldType::bytes, "integrity check value"};
};
inline constexpr AhFields kAhFields;

struct EspFields {
  FieldInfo spi{"spi", FieldType::number, "security parameters index"};
  FieldInfo sequence{"sequence", FieldType::number, "of the packet"};
  FieldInfo payload_length{"payload_length", FieldType::number, "bytes behind these, encrypted"};
};
inline constexpr EspFields kEspFields;

class AhView {
 public:
  static constexpr std::size_t kFixedBytes = 12;
  static Parsed<AhView> parse(Window window);

  std::uint8_t next_header() const { return bytes_[0]; }
  std::size_t header_length() const { return bytes_.size(); }
  std::uint32_t spi() const { return load_u32(bytes_, 4); }
  std::uint32_t sequence() const { return load_u32(bytes_, 8); }
  Bytes icv() const { return bytes_.subspan(kFixedBytes); }

 private:
  explicit AhView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

class EspView {
 public:
  static constexpr std::size_t kBytes = 8;
  static Parsed<EspView> parse(Window window);

  std::uint32_t spi() const { return load_u32(bytes_, 0); }
  std::uint32_t sequence() const { return load_u32(bytes_, 4); }

 private:
  explicit EspView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_ah(Decoder& decoder);
Next decode_esp(Decoder& decoder);

}  // namespace holter::wire
