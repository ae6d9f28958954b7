// The internet checksum (RFC 1071) with the pseudo headers of IPv4 (RFC 793) and IPv6 (RFC 8200). Pure.
#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace holter::wire {

// Running sum: add parts in order; every part but the last must have an even length.
class ChecksumSum {
 public:
  void add(base::Bytes bytes);
  void add_u16(std::uint16_t value);
  void add_u32(std::uint32_t value);
  // Source, destination (4 or 16 bytes each), upper-layer length and protocol.
  void add_pseudo_header(base::Bytes source, base::Bytes destination, std::uint8_t protocol, std::uint32_t length);
  // The one's complement to store in a header; 0 when summed over bytes that hold a right checksum.
  std::uint16_t finish() const;

 private:
  std::uint64_t sum_ = 0;  // in the machine's byte order, of which the sum knows nothing until its end
};

std::uint16_t internet_checksum(base::Bytes bytes);

}  // namespace holter::wire
