#include "probe/icmp/message.h"

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
  std::uint8_t too_big;  // IPv4: one of the unreachables
};
constexpr Types types_of(Family family) {
  return family == Family::v4 ? Types{8, 0, 3, 11, 3} : Types{128, 129, 1, 3, 2};
}

base::IpAddress read_address(base::ByteReader& reader, Family family) {
  if (family == Family::v4) return base::IpAddress::v4(reader.u32());
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(reader.bytes(bytes.size()), bytes.begin());
  return base::IpAddress::v6(bytes);
}

// The echo request inside the IP packet that an error quotes.
std::optional<EchoError> read_quote(Family family, base::Bytes quote) {
  base::ByteReader reader(quote);
  EchoError error;
  if (family == Family::v4) {
    const std::uint8_t version_and_length = reader.u8();
    reader.skip(8);
    const std::uint8_t protocol = reader.u8();
    reader.skip(6);
    error.target = read_address(reader, family);
    const std::size_t header = static_cast<std::size_t>(version_and_length & 0x0f) * 4;
    if (reader.failed() || version_and_length >> 4 != 4 || header < 20 || protocol != kIcmpProtocol)
      return std::nullopt;
    reader.skip(header - reader.position());
  } else {
    reader.skip(6);
    const std::uint8_t next_header = reader.u8();
    reader.skip(17);
    if (reader.failed() || next_header != kIcmpv6Protocol || reader.captured_left() < 16) return std::nullopt;
    error.target = read_address(reader, family);
  }
  const std::uint8_t type = reader.u8();
  reader.skip(3);
  error.quoted = {reader.u16(), reader.u16()};
  if (reader.failed() || type != types_of(family).request) return std::nullopt;
  error.payload = reader.rest();
  return error;
}

bool tells_mtu(Family family, std::uint8_t type, std::uint8_t code) {
  return family == Family::v4 ? type == 3 && code == 4 : type == types_of(family).too_big;
}

// The target itself says no, as with a port that is closed.
bool refuses(Family family, std::uint8_t type, std::uint8_t code) {
  return family == Family::v4 ? type == 3 && (code == 2 || code == 3) : type == 1 && code == 4;
}

// A raw socket of IPv4 hears what the kernel itself throws away as corrupted. Of IPv6 the kernel checks it.
bool is_intact(Family family, base::Bytes message) {
  return family == Family::v6 || wire::internet_checksum(message) == 0;
}

}  // namespace

void write_echo_request(base::ByteWriter& out, Family family, EchoIds ids, base::Bytes mark, std::size_t size) {
  const std::size_t start = out.size();
  out.u8(types_of(family).request);
  out.u8(0);
  out.u16(0);
  out.u16(ids.id);
  out.u16(ids.sequence);
  out.bytes(mark);
  out.zeros(size - mark.size());
  if (family == Family::v4) out.patch_u16(start + 2, wire::internet_checksum(out.view().subspan(start)));
}

std::optional<std::variant<EchoReply, EchoError>> parse_echo(Family family, base::Bytes message) {
  using Parsed = std::variant<EchoReply, EchoError>;
  base::ByteReader reader(message);
  const std::uint8_t type = reader.u8();
  const std::uint8_t code = reader.u8();
  reader.skip(2);
  const std::uint32_t rest_of_header = reader.u32();
  if (reader.failed() || !is_intact(family, message)) return std::nullopt;
  const Types types = types_of(family);
  if (type == types.reply) return Parsed(EchoReply{reader.rest()});
  if (type != types.unreachable && type != types.time_exceeded && type != types.too_big) return std::nullopt;
  auto error = read_quote(family, reader.rest());
  if (!error) return std::nullopt;
  if (refuses(family, type, code)) error->kind = base::ErrorKind::refused;
  error->meaning = env::icmp_error_words(family, type, code);
  if (tells_mtu(family, type, code)) error->mtu = family == Family::v4 ? rest_of_header & 0xffff : rest_of_header;
  return Parsed(*error);
}

}  // namespace holter::probe
