// Geneve (RFC 8926) over UDP: a header, options, and what an ether type names. Every option is a group of fields.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct GeneveFields {
  FieldInfo version{"version", FieldType::number, "0"};
  FieldInfo options_length{"options_length", FieldType::number, "bytes of all options"};
  FieldInfo control{"control", FieldType::flag, "a control packet"};
  FieldInfo critical{"critical", FieldType::flag, "an option must be understood"};
  FieldInfo type{"type", FieldType::number, "ether type of what is carried; 25944 is Ethernet"};
  FieldInfo vni{"vni", FieldType::number, "network identifier"};
  FieldInfo option{"option", FieldType::group, "one option", Occurs::often};
  FieldInfo option_class{"option.class", FieldType::number, "who has defined it"};
  FieldInfo option_type{"option.type", FieldType::number, "from 128 on it must be understood"};
  FieldInfo option_length{"option.length", FieldType::number, "bytes of its value"};
  FieldInfo option_value{"option.value", FieldType::bytes, "its value"};
};
inline constexpr GeneveFields kGeneveFields;

class GeneveView {
 public:
  static constexpr std::size_t kFixedBytes = 8;
  static Parsed<GeneveView> parse(Window window);

  std::uint8_t version() const { return bytes_[0] >> 6; }
  bool control() const { return (bytes_[1] & 0x80U) != 0; }
  bool critical() const { return (bytes_[1] & 0x40U) != 0; }
  std::uint16_t type() const { return load_u16(bytes_, 2); }
  std::uint32_t vni() const { return load_u32(bytes_, 4) >> 8; }
  Bytes options() const { return bytes_.subspan(kFixedBytes); }
  std::size_t size() const { return bytes_.size(); }

 private:
  explicit GeneveView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_geneve(Decoder& decoder);

}  // namespace holter::wire
