#include "probe/trace/message.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "record/path.h"
#include "wire/checksum.h"

namespace holter::probe {
namespace {

constexpr std::size_t kPaddedPacketBytes = 128;
constexpr std::uint8_t kExtensionVersion = 2;
constexpr std::size_t kObjectHeaderBytes = 4;
constexpr std::uint8_t kMplsClass = 1;
constexpr std::uint8_t kIncomingStack = 1;
constexpr std::size_t kNumberBytes = 4;

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kReset = 0x04;
constexpr std::uint8_t kAcknowledges = 0x10;
constexpr std::uint8_t kSynWords = 6;  // with one option
constexpr std::uint16_t kWindow = 64'240;
constexpr std::uint16_t kMaxSegment = 1'440;  // fits Ethernet with IPv6; nothing will be sent

std::uint64_t mixed(std::uint64_t value) {
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9U;
  value ^= value >> 27;
  value *= 0x94d049bb133111ebU;
  return value ^ value >> 31;
}

std::uint64_t cookie_of(std::uint32_t number, std::uint64_t secret) { return mixed(secret ^ mixed(secret + number)); }

}  // namespace

std::vector<std::uint8_t> trace_payload(std::uint32_t number, std::uint64_t secret, std::size_t size) {
  base::ByteWriter out;
  out.u32(number);
  out.u64(cookie_of(number, secret));
  if (size > out.size()) out.zeros(size - out.size());
  return out.take();
}

std::optional<std::uint32_t> trace_number(base::Bytes payload, std::uint64_t secret) {
  base::ByteReader reader(payload);
  const std::uint32_t number = reader.u32();
  if (reader.failed()) return std::nullopt;
  if (payload.size() < kNumberBytes + sizeof(std::uint64_t)) return number;
  if (reader.u64() != cookie_of(number, secret)) return std::nullopt;
  return number;
}

std::vector<std::uint8_t> trace_echo(base::IpAddress::Family family, std::uint16_t sequence, std::uint16_t flow,
                                     std::uint32_t number, std::uint64_t secret, std::size_t payload_size) {
  auto payload = trace_payload(number, secret, std::max(payload_size, kTracePayloadBytes));
  base::ByteWriter out;
  out.u8(family == base::IpAddress::Family::v4 ? 8 : 128);
  out.u8(0);
  out.u16(0);
  out.u16(0);
  out.u16(sequence);
  out.bytes(payload);
  // The last two bytes of the least payload make up for the sequence and the rest: the sum of all is the flow's.
  wire::ChecksumSum sum;
  sum.add(out.view());
  sum.add_u16(static_cast<std::uint16_t>(~flow));
  out.patch_u16(8 + kTracePayloadBytes - 2, sum.finish());
  return out.take();
}

std::uint32_t trace_sequence(std::uint32_t number, std::uint64_t secret) {
  return static_cast<std::uint32_t>(cookie_of(number, secret));
}

std::vector<std::uint8_t> trace_syn(const base::Endpoint& from, const base::Endpoint& to, std::uint32_t sequence) {
  constexpr std::size_t kChecksumAt = 16;
  base::ByteWriter out;
  out.u16(from.port);
  out.u16(to.port);
  out.u32(sequence);
  out.u32(0);
  out.u8(kSynWords << 4);
  out.u8(kSyn);
  out.u16(kWindow);
  out.u16(0);
  out.u16(0);
  out.u16(0x0204);  // the option, and its length
  out.u16(kMaxSegment);
  wire::ChecksumSum sum;
  sum.add_pseudo_header(from.address.bytes(), to.address.bytes(), kTcp, static_cast<std::uint32_t>(out.size()));
  sum.add(out.view());
  out.patch_u16(kChecksumAt, sum.finish());
  return out.take();
}

std::optional<TraceSegment> trace_segment(base::Bytes bytes) {
  base::ByteReader reader(bytes);
  TraceSegment segment;
  segment.source_port = reader.u16();
  segment.destination_port = reader.u16();
  segment.sequence = reader.u32();
  if (reader.failed()) return std::nullopt;
  const std::uint32_t acknowledges = reader.u32();
  reader.skip(1);
  const std::uint8_t flags = reader.u8();
  if (reader.failed()) return segment;
  if ((flags & kAcknowledges) != 0) segment.acknowledges = acknowledges;
  segment.resets = (flags & kReset) != 0;
  return segment;
}

std::vector<std::uint32_t> mpls_labels(base::Bytes quote, std::size_t header_bytes) {
  std::vector<std::uint32_t> labels;
  if (header_bytes > kPaddedPacketBytes || quote.size() < kPaddedPacketBytes - header_bytes) return labels;
  const base::Bytes extension = quote.subspan(kPaddedPacketBytes - header_bytes);
  base::ByteReader reader(extension);
  const bool version_is_right = reader.u8() >> 4 == kExtensionVersion;
  reader.skip(1);
  const std::uint16_t checksum = reader.u16();
  // A checksum of 0 says that there is none (RFC 4884, section 7).
  const bool sum_is_right = checksum == 0 || wire::internet_checksum(extension) == 0;
  if (reader.failed() || !version_is_right || !sum_is_right) return labels;
  while (reader.captured_left() >= kObjectHeaderBytes) {
    const std::size_t length = reader.u16();
    const std::uint8_t object_class = reader.u8();
    const std::uint8_t type = reader.u8();
    if (length < kObjectHeaderBytes) return labels;
    base::ByteReader object(reader.bytes(length - kObjectHeaderBytes));
    if (reader.failed()) return labels;
    if (object_class != kMplsClass || type != kIncomingStack) continue;
    while (object.captured_left() >= 4 && labels.size() < record::kMaxMplsLabels) labels.push_back(object.u32() >> 12);
  }
  return labels;
}

}  // namespace holter::probe
