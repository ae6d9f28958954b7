#include "wire/network/icmp_message.h"

#include <algorithm>

#include "wire/network/icmp_extension.h"
#include "wire/network/icmp_fields.h"

namespace holter::wire {
namespace {

constexpr std::size_t kHead = 8;

// The IANA registry "ICMP Type Numbers".
enum Type : std::uint8_t {
  kEchoReply = 0,
  kDestinationUnreachable = 3,
  kRedirect = 5,
  kEcho = 8,
  kRouterAdvertisement = 9,
  kTimeExceeded = 11,
  kParameterProblem = 12,
  kTimestamp = 13,
  kTimestampReply = 14,
  kInformationRequest = 15,
  kInformationReply = 16,
  kAddressMaskRequest = 17,
  kAddressMaskReply = 18,
  kExtendedEcho = 42,
  kExtendedEchoReply = 43,
};

bool has_question(std::uint8_t type) {
  return type == kEcho || type == kEchoReply || (type >= kTimestamp && type <= kAddressMaskReply);
}

void list_error(Window message, Steps& steps, FieldList& out) {
  constexpr std::uint8_t kFragmentationNeeded = 4;
  const Bytes bytes = message.captured;
  const std::size_t quoted = bytes[5] * std::size_t{4};
  out.number(kIcmpFields.quoted_length, quoted);
  if (bytes[0] == kParameterProblem) out.number(kIcmpFields.pointer, bytes[4]);
  if (bytes[0] == kDestinationUnreachable && bytes[1] == kFragmentationNeeded) {
    out.number(kIcmpFields.mtu, load_u16(bytes, 6));
  }
  list_icmp_extension({bytes.subspan(kHead), message.claimed - kHead}, quoted, kIcmpFields.extension, steps, out);
}

void list_routers(Window message, Steps& steps, FieldList& out) {
  constexpr std::size_t kUsualEntry = 8;
  const Bytes bytes = message.captured;
  const std::size_t size = bytes[5] * std::size_t{4};
  out.number(kIcmpFields.router_count, bytes[4]);
  out.number(kIcmpFields.entry_size, bytes[5]);
  out.number(kIcmpFields.lifetime, load_u16(bytes, 6));
  if (size < kUsualEntry || kHead + bytes[4] * size > message.claimed) return out.flaw(Anomaly::malformed_payload);
  const std::size_t count = std::min<std::size_t>(bytes[4], (bytes.size() - kHead) / size);
  for (std::size_t i = 0; i < count && steps.take(); ++i) {
    out.data(kIcmpFields.router, bytes.subspan(kHead + i * size, 4));
  }
  for (std::size_t i = 0; i < count && steps.take(); ++i) {
    out.signed_number(kIcmpFields.preference, static_cast<std::int32_t>(load_u32(bytes, kHead + i * size + 4)));
  }
}

void list_timestamps(Bytes bytes, FieldList& out) {
  if (bytes.size() < 20) return;
  out.number(kIcmpFields.originate_timestamp, load_u32(bytes, 8));
  out.number(kIcmpFields.receive_timestamp, load_u32(bytes, 12));
  out.number(kIcmpFields.transmit_timestamp, load_u32(bytes, 16));
}

// RFC 8335.
void list_extended_echo(Bytes bytes, FieldList& out) {
  out.number(kIcmpFields.id, load_u16(bytes, 4));
  out.number(kIcmpFields.sequence, bytes[6]);
  if (bytes[0] == kExtendedEcho) {
    out.flag(kIcmpFields.local, (bytes[7] & 1) != 0);
  } else {
    out.number(kIcmpFields.state, bytes[7] >> 5);
    out.flag(kIcmpFields.active, (bytes[7] & 4) != 0);
  }
}

}  // namespace

void list_icmp_message(Window message, Steps& steps, FieldList& out) {
  const Bytes bytes = message.captured;
  const std::uint8_t type = bytes[0];
  if (has_question(type)) {
    out.number(kIcmpFields.id, load_u16(bytes, 4));
    out.number(kIcmpFields.sequence, load_u16(bytes, 6));
  }
  switch (type) {
    case kDestinationUnreachable:
    case kTimeExceeded:
    case kParameterProblem: return list_error(message, steps, out);
    case kRedirect: return out.data(kIcmpFields.gateway, bytes.subspan(4, 4));
    case kRouterAdvertisement: return list_routers(message, steps, out);
    case kTimestamp:
    case kTimestampReply: return list_timestamps(bytes, out);
    case kExtendedEcho:
    case kExtendedEchoReply: return list_extended_echo(bytes, out);
    default: break;
  }
  if ((type == kAddressMaskRequest || type == kAddressMaskReply) && bytes.size() >= 12) {
    out.data(kIcmpFields.address_mask, bytes.subspan(8, 4));
  }
}

}  // namespace holter::wire
