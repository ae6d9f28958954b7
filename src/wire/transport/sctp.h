// SCTP packets (RFC 9260): the common header with its CRC32C, then chunks, which sctp_chunk.h reads. A checksum of 0
// that is wrong was left out (RFC 9653) or left to the device: unverified.
#pragma once

#include "wire/decoder.h"
#include "wire/transport/sctp_fields.h"

namespace holter::wire {

class SctpView {
 public:
  static constexpr std::size_t kBytes = 12;
  static Parsed<SctpView> parse(Window window);

  std::uint16_t source_port() const { return load_u16(bytes_, 0); }
  std::uint16_t destination_port() const { return load_u16(bytes_, 2); }
  std::uint32_t verification_tag() const { return load_u32(bytes_, 4); }
  std::uint32_t checksum() const { return load_u32(bytes_, 8); }

 private:
  explicit SctpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_sctp(Decoder& decoder);

// The checksum of a packet as it stands in the header, computed as if that field were 0. At least SctpView::kBytes.
std::uint32_t sctp_checksum(Bytes packet);

}  // namespace holter::wire
