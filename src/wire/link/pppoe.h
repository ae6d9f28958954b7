// PPP over Ethernet (RFC 2516): discovery, whose tags are groups of fields, and sessions, which carry PPP. The length
// is that of what follows the header; behind it is padding.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct PppoeFields {
  FieldInfo version{"version", FieldType::number, "1"};
  FieldInfo type{"type", FieldType::number, "1"};
  FieldInfo code{"code", FieldType::number, "0 session, 9 PADI, 7 PADO, 25 PADR, 101 PADS, 167 PADT"};
  FieldInfo session_id{"session_id", FieldType::number, "0 before there is one"};
  FieldInfo length{"length", FieldType::number, "bytes behind the header"};
  FieldInfo tag{"tag", FieldType::group, "what discovery says", Occurs::often};
  FieldInfo tag_type{"tag.type", FieldType::number, "257 service, 258 concentrator, 259 host's, 260 cookie"};
  FieldInfo tag_length{"tag.length", FieldType::number, "bytes of its value"};
  FieldInfo tag_service{"tag.service", FieldType::text, "name of the service that is wanted or offered"};
  FieldInfo tag_concentrator{"tag.concentrator", FieldType::text, "name of who offers"};
  FieldInfo tag_error{"tag.error", FieldType::text, "what went wrong, in words"};
  FieldInfo tag_value{"tag.value", FieldType::bytes, "of other tags"};
};
inline constexpr PppoeFields kPppoeFields;

class PppoeView {
 public:
  static constexpr std::size_t kBytes = 6;
  static Parsed<PppoeView> parse(Window window);

  std::uint8_t version() const { return bytes_[0] >> 4; }
  std::uint8_t type() const { return bytes_[0] & 0x0fU; }
  std::uint8_t code() const { return bytes_[1]; }
  std::uint16_t session_id() const { return load_u16(bytes_, 2); }
  std::uint16_t length() const { return load_u16(bytes_, 4); }

 private:
  explicit PppoeView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_pppoe_discovery(Decoder& decoder);
Next decode_pppoe_session(Decoder& decoder);

}  // namespace holter::wire
