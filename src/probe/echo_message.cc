#include "probe/echo_message.h"

#include "base/byte_writer.h"
#include "env/icmp_words.h"
#include "wire/checksum.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;

constexpr std::uint8_t kIcmpProtocol = 1;
constexpr std::uint8_t kIcmpv6Protocol = 58;

struct Types {
  std::uint8_t request;
  std::uint8_t reply;
  std::uint8_t unreachable;
  std::uint8_t time_exceeded;
};
constexpr Types types_of(Family family) { return family == Family::v4 ? Types{8, 0, 3, 11} : Types{128, 129, 1, 3}; }

// The identifier and sequence of the echo request inside the IP packet that an error quotes.
std::optional<EchoIds> quoted_ids(Family family, base::Bytes quote) {
  base::ByteReader reader(quote);
  if (family == Family::v4) {
    const std::uint8_t version_and_length = reader.u8();
    reader.skip(8);
    const std::uint8_t protocol = reader.u8();
    const std::size_t header = static_cast<std::size_t>(version_and_length & 0x0f) * 4;
    if (reader.failed() || version_and_length >> 4 != 4 || header < 20 || protocol != kIcmpProtocol)
      return std::nullopt;
    reader.skip(header - reader.position());
  } else {
    reader.skip(6);
    if (reader.u8() != kIcmpv6Protocol) return std::nullopt;
    reader.skip(33);
  }
  const std::uint8_t type = reader.u8();
  reader.skip(3);
  const EchoIds ids{reader.u16(), reader.u16()};
  if (reader.failed() || type != types_of(family).request) return std::nullopt;
  return ids;
}

}  // namespace

std::vector<std::uint8_t> echo_request(Family family, EchoIds ids, base::Bytes payload) {
  base::ByteWriter out;
  out.u8(types_of(family).request);
  out.u8(0);
  out.u16(0);
  out.u16(ids.id);
  out.u16(ids.sequence);
  out.bytes(payload);
  if (family == Family::v4) out.patch_u16(2, wire::internet_checksum(out.view()));
  return out.take();
}

std::optional<std::variant<EchoReply, EchoError>> parse_echo(Family family, base::Bytes message) {
  using Parsed = std::variant<EchoReply, EchoError>;
  base::ByteReader reader(message);
  const std::uint8_t type = reader.u8();
  const std::uint8_t code = reader.u8();
  reader.skip(6);
  if (reader.failed()) return std::nullopt;
  const Types types = types_of(family);
  if (type == types.reply) return Parsed(EchoReply{reader.rest()});
  if (type != types.unreachable && type != types.time_exceeded) return std::nullopt;
  const auto quoted = quoted_ids(family, reader.rest());
  if (!quoted) return std::nullopt;
  return Parsed(EchoError{*quoted, base::ErrorKind::unreachable, env::icmp_error_words(family, type, code)});
}

}  // namespace holter::probe
