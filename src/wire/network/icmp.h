// ICMP (RFC 792) and ICMPv6 (RFC 4443): one header, two registries of types. Echo carries an identifier and a sequence;
// an error quotes the packet it is about, which decode_quoted() in dispatch.h reads. What else a message says is read
// by icmp_message.h and icmpv6_message.h.
#pragma once

#include <span>

#include "base/byte_writer.h"
#include "base/ip.h"
#include "wire/decoder.h"
#include "wire/network/icmp_fields.h"
#include "wire/network/icmpv6_fields.h"

namespace holter::wire {

inline constexpr std::uint8_t kIcmpEchoReply = 0;
inline constexpr std::uint8_t kIcmpDestinationUnreachable = 3;
inline constexpr std::uint8_t kIcmpSourceQuench = 4;
inline constexpr std::uint8_t kIcmpRedirect = 5;
inline constexpr std::uint8_t kIcmpEcho = 8;
inline constexpr std::uint8_t kIcmpTimeExceeded = 11;
inline constexpr std::uint8_t kIcmpParameterProblem = 12;
inline constexpr std::uint8_t kIcmpv6DestinationUnreachable = 1;
inline constexpr std::uint8_t kIcmpv6ParameterProblem = 4;
inline constexpr std::uint8_t kIcmpv6EchoRequest = 128;
inline constexpr std::uint8_t kIcmpv6EchoReply = 129;

struct IcmpEchoHeader {
  static constexpr std::size_t kBytes = 8;

  std::uint8_t type = kIcmpEcho;
  std::uint8_t code = 0;
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;

  // Header, payload and checksum. For IPv6 with both addresses, which its checksum covers; for IPv4 without.
  void emit(base::ByteWriter& out, Bytes payload) const;
  void emit(base::ByteWriter& out, Bytes payload, const base::IpAddress& source,
            const base::IpAddress& destination) const;
};

class IcmpView {
 public:
  static Parsed<IcmpView> parse(Window window);

  std::uint8_t type() const { return bytes_[0]; }
  std::uint8_t code() const { return bytes_[1]; }
  std::uint16_t checksum() const { return load_u16(bytes_, 2); }
  IcmpEchoHeader echo() const { return {type(), code(), load_u16(bytes_, 4), load_u16(bytes_, 6)}; }

 private:
  explicit IcmpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

constexpr bool is_icmp_error(std::uint8_t type) {
  return type == kIcmpDestinationUnreachable || type == kIcmpSourceQuench || type == kIcmpRedirect ||
         type == kIcmpTimeExceeded || type == kIcmpParameterProblem;
}
constexpr bool is_icmpv6_error(std::uint8_t type) { return type >= 1 && type <= kIcmpv6ParameterProblem; }

// The packet is an echo request or reply of either version.
bool is_echo_request(const Packet& packet);
bool is_echo_reply(const Packet& packet);

Next decode_icmp(Decoder& decoder);
Next decode_icmpv6(Decoder& decoder);

}  // namespace holter::wire
