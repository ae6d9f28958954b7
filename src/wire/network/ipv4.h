// IPv4 headers (RFC 791): options are walked, fragments told apart, the header checksum verified. A total length of 0
// means a frame that the sender's device was still to cut (TSO): its length is the frame's.
#pragma once

#include "base/byte_writer.h"
#include "wire/decoder.h"
#include "wire/network/ipv4_fields.h"

namespace holter::wire {

struct Ipv4Header {
  static constexpr std::size_t kBytes = 20;

  std::uint8_t traffic_class = 0;
  std::uint16_t payload_length = 0;  // behind the header
  std::uint16_t identification = 0;
  bool do_not_fragment = true;
  bool more_fragments = false;
  std::uint16_t fragment_offset = 0;  // bytes, a multiple of 8
  std::uint8_t ttl = 64;
  std::uint8_t protocol = 0;
  std::array<std::uint8_t, 4> source{};
  std::array<std::uint8_t, 4> destination{};

  // Without options, with its checksum.
  void emit(base::ByteWriter& out) const;
};

class Ipv4View {
 public:
  static Parsed<Ipv4View> parse(Window window);

  std::size_t header_length() const { return bytes_.size(); }
  std::uint8_t traffic_class() const { return bytes_[1]; }
  std::uint16_t total_length() const { return load_u16(bytes_, 2); }
  std::uint16_t identification() const { return load_u16(bytes_, 4); }
  std::uint16_t checksum() const { return load_u16(bytes_, 10); }
  bool do_not_fragment() const { return (bytes_[6] & 0x40) != 0; }
  bool reserved_flag() const { return (bytes_[6] & 0x80) != 0; }
  bool more_fragments() const { return (bytes_[6] & 0x20) != 0; }
  std::uint16_t fragment_offset() const { return static_cast<std::uint16_t>((load_u16(bytes_, 6) & 0x1fff) << 3); }
  std::uint8_t ttl() const { return bytes_[8]; }
  std::uint8_t protocol() const { return bytes_[9]; }
  Bytes source() const { return bytes_.subspan(12, 4); }
  Bytes destination() const { return bytes_.subspan(16, 4); }
  Bytes options() const { return bytes_.subspan(Ipv4Header::kBytes); }
  bool checksum_good() const;
  Ipv4Header header() const;

 private:
  explicit Ipv4View(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_ipv4(Decoder& decoder);

}  // namespace holter::wire
