// MPLS label stacks (RFC 3032), an entry of four bytes a layer. Nothing says what follows the last one: explicit null
// labels name an IP version, else the first four bits are looked at (RFC 4928), and what is neither IPv4 nor IPv6 is
// taken for Ethernet in a pseudo-wire (RFC 4448), with or without its control word, when its type makes sense there. A
// pseudo-wire is no tunnel here: labels differ in both directions, and there are no other ends to tell.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct MplsFields {
  FieldInfo label{"label", FieldType::number, "20 bits"};
  FieldInfo traffic_class{"traffic_class", FieldType::number, "once the experimental bits"};
  FieldInfo bottom{"bottom", FieldType::flag, "the last of the stack"};
  FieldInfo ttl{"ttl", FieldType::number, "time to live"};
  FieldInfo control_sequence{"control_sequence", FieldType::number, "sequence number of a pseudo-wire's control word"};
};
inline constexpr MplsFields kMplsFields;

class MplsView {
 public:
  static constexpr std::size_t kBytes = 4;
  static Parsed<MplsView> parse(Window window);

  std::uint32_t label() const { return load_u32(bytes_, 0) >> 12; }
  std::uint8_t traffic_class() const { return bytes_[2] >> 1 & 7U; }
  bool bottom() const { return (bytes_[2] & 1U) != 0; }
  std::uint8_t ttl() const { return bytes_[3]; }

 private:
  explicit MplsView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_mpls(Decoder& decoder);

}  // namespace holter::wire
