// BSD loopback captures (LINKTYPE_NULL and LINKTYPE_LOOP, tcpdump.org): four bytes that name the address family, in the
// byte order of whoever captured (null) or in network order (loop). IPv6 has another number on each system. Some
// systems write an ether type there, behind two bytes of their own: no family is that large.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct BsdNullFields {
  FieldInfo family{"family", FieldType::number, "address family, in the numbers of its system"};
};
inline constexpr BsdNullFields kBsdNullFields;

class BsdNullView {
 public:
  static constexpr std::size_t kBytes = 4;
  static Parsed<BsdNullView> parse(Window window);

  // Families are small, so either byte order is told from the value.
  std::uint32_t family() const;
  // By the family, or as it is there; 0 for a family that holter does not know.
  std::uint16_t ether_type() const;

 private:
  explicit BsdNullView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_bsd_null(Decoder& decoder);

}  // namespace holter::wire
