// IGMP of versions 1, 2 and 3 (RFC 1112, 2236, 3376): queries, reports, leaves; other types of the same number space
// (DVMRP, PIMv1, router discovery) are named. The version of a query is told by its length (RFC 3376, 7.1).
#pragma once

#include "wire/decoder.h"
#include "wire/network/igmp_fields.h"

namespace holter::wire {

class IgmpView {
 public:
  static constexpr std::size_t kBytes = 8;
  static constexpr std::size_t kQuery3Bytes = 12;
  static Parsed<IgmpView> parse(Window window);

  std::uint8_t type() const { return bytes_[0]; }
  std::uint8_t max_response() const { return bytes_[1]; }
  std::uint16_t checksum() const { return load_u16(bytes_, 2); }
  Bytes group() const { return bytes_.subspan(4, 4); }

 private:
  explicit IgmpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_igmp(Decoder& decoder);

}  // namespace holter::wire
