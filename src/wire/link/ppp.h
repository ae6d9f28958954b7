// PPP (RFC 1661) with or without its HDLC-like framing (RFC 1662), and Cisco's HDLC, which has an ether type where PPP
// has its protocol. Both begin links of their own, and PPP lies in PPPoE sessions and in GRE. The protocol may be cut
// to one byte. What PPP says about itself (LCP, IPCP, PAP, CHAP) is listed by code, identifier and length.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct PppFields {
  FieldInfo address{"address", FieldType::number, "255, when framed as HDLC"};
  FieldInfo control{"control", FieldType::number, "3, when framed as HDLC"};
  FieldInfo protocol{"protocol", FieldType::number, "what follows: 33 is IPv4, 49185 LCP"};
  FieldInfo code{"code", FieldType::number, "of a control protocol: 1 asks, 2 agrees, 9 an echo"};
  FieldInfo id{"id", FieldType::number, "of a control protocol: which question"};
  FieldInfo length{"length", FieldType::number, "of a control protocol: bytes, with code and id"};
};
inline constexpr PppFields kPppFields;

struct CiscoHdlcFields {
  FieldInfo address{"address", FieldType::number, "15 to one, 143 to all"};
  FieldInfo control{"control", FieldType::number, "0"};
  FieldInfo protocol{"protocol", FieldType::number, "ether type, or a number of Cisco's"};
};
inline constexpr CiscoHdlcFields kCiscoHdlcFields;

inline constexpr std::uint16_t kPppIpv4 = 0x0021;
inline constexpr std::uint16_t kPppIpv6 = 0x0057;
inline constexpr std::uint16_t kPppMpls = 0x0281;
inline constexpr std::uint16_t kPppMplsMulticast = 0x0283;
inline constexpr std::uint16_t kPppIpcp = 0x8021;
inline constexpr std::uint16_t kPppIpv6cp = 0x8057;
inline constexpr std::uint16_t kPppLcp = 0xc021;
inline constexpr std::uint16_t kPppPap = 0xc023;
inline constexpr std::uint16_t kPppChap = 0xc223;

class PppView {
 public:
  static Parsed<PppView> parse(Window window);

  bool framed() const { return framed_; }
  Bytes framing() const { return bytes_.first(2); }  // only when framed()
  std::uint16_t protocol() const { return protocol_; }
  std::size_t size() const { return bytes_.size(); }

 private:
  PppView(Bytes bytes, bool framed, std::uint16_t protocol) : bytes_(bytes), framed_(framed), protocol_(protocol) {}
  Bytes bytes_;
  bool framed_;
  std::uint16_t protocol_;
};

Next decode_ppp(Decoder& decoder);
Next decode_ppp_control(Decoder& decoder);
Next decode_cisco_hdlc(Decoder& decoder);

}  // namespace holter::wire
