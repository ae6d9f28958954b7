#include "heartbeat/witness_echo.h"

#include "base/byte_writer.h"
#include "wire/checksum.h"
#include "wire/network/icmp.h"

namespace holter::heartbeat {

using Family = base::IpAddress::Family;

std::vector<std::uint8_t> WitnessEcho::request(base::Instant now) const {
  const bool v4 = family == Family::v4;
  base::ByteWriter bytes;
  bytes.u8(v4 ? wire::kIcmpEcho : wire::kIcmpv6EchoRequest);
  bytes.u8(0);
  bytes.u16(0);
  bytes.u16(id);
  bytes.u16(sequence);
  bytes.u64(secret);
  bytes.u64(static_cast<std::uint64_t>(now.in_nanoseconds()));
  if (v4) bytes.patch_u16(2, wire::internet_checksum(bytes.view()));
  return bytes.take();
}

std::optional<base::Duration> witness_rtt(Family family, std::uint64_t secret, base::Bytes reply,
                                          base::Instant received) {
  base::ByteReader bytes(reply);
  const std::uint8_t type = bytes.u8();
  bytes.skip(7);
  const std::uint64_t said = bytes.u64();
  const auto sent = base::Instant::from_nanoseconds(static_cast<std::int64_t>(bytes.u64()));
  const bool is_reply = type == (family == Family::v4 ? wire::kIcmpEchoReply : wire::kIcmpv6EchoReply);
  if (bytes.failed() || !is_reply || said != secret || sent > received) return std::nullopt;
  return received - sent;
}

}  // namespace holter::heartbeat
