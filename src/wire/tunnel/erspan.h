// ERSPAN, frames that a switch mirrors to somewhere else in GRE: type II and type III with their headers
// (draft-foschiano-erspan-03); type I has none. Behind them is the mirrored Ethernet frame.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct ErspanFields {
  FieldInfo version{"version", FieldType::number, "1 of type II, 2 of type III"};
  FieldInfo vlan{"vlan", FieldType::number, "of the mirrored frame"};
  FieldInfo class_of_service{"class_of_service", FieldType::number, "of the mirrored frame"};
  FieldInfo truncated{"truncated", FieldType::flag, "the frame was too long and cut"};
  FieldInfo session_id{"session_id", FieldType::number, "which mirroring it is"};
  FieldInfo index{"index", FieldType::number, "type II: port and direction in numbers of the switch"};
  FieldInfo timestamp{"timestamp", FieldType::number, "type III: in units of its granularity"};
  FieldInfo security_group{"security_group", FieldType::number, "type III: tag of the sender's group"};
  FieldInfo hardware_id{"hardware_id", FieldType::number, "type III: which part of the switch"};
  FieldInfo egress{"egress", FieldType::flag, "type III: mirrored on its way out"};
};
inline constexpr ErspanFields kErspanFields;

class ErspanView {
 public:
  static Parsed<ErspanView> parse(Window window);

  bool is_type_3() const { return bytes_.size() > kType2Bytes; }
  std::uint16_t session_id() const { return load_u16(bytes_, 2) & 0x3ffU; }
  Bytes bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }

  static constexpr std::size_t kType2Bytes = 8;
  static constexpr std::size_t kType3Bytes = 12;
  static constexpr std::size_t kSubheaderBytes = 8;

 private:
  explicit ErspanView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_erspan(Decoder& decoder);

}  // namespace holter::wire
