// TCP headers (RFC 9293): ports, numbers, flags, window; options are walked for their form, and read by tcp_options.h.
#pragma once

#include "base/byte_writer.h"
#include "base/ip.h"
#include "wire/decoder.h"
#include "wire/transport/tcp_fields.h"

namespace holter::wire {

inline constexpr std::uint8_t kTcpFin = 0x01;
inline constexpr std::uint8_t kTcpSyn = 0x02;
inline constexpr std::uint8_t kTcpRst = 0x04;
inline constexpr std::uint8_t kTcpPsh = 0x08;
inline constexpr std::uint8_t kTcpAck = 0x10;
inline constexpr std::uint8_t kTcpUrg = 0x20;

struct TcpHeader {
  static constexpr std::size_t kBytes = 20;

  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 65'535;

  // Header, options (a multiple of 4, at most 40 bytes), payload and checksum.
  void emit(base::ByteWriter& out, Bytes options, Bytes payload, const base::IpAddress& source,
            const base::IpAddress& destination) const;
};

class TcpView {
 public:
  static Parsed<TcpView> parse(Window window);

  TcpHeader header() const;
  std::size_t header_length() const { return bytes_.size(); }
  unsigned all_flags() const { return load_u16(bytes_, 12) & 0x0fffU; }  // with those that were reserved once
  std::uint16_t checksum() const { return load_u16(bytes_, 16); }
  std::uint16_t urgent_pointer() const { return load_u16(bytes_, 18); }
  Bytes options() const { return bytes_.subspan(TcpHeader::kBytes); }

 private:
  explicit TcpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_tcp(Decoder& decoder);

}  // namespace holter::wire
