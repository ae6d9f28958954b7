#include "wire/transport/sctp.h"

#include <array>

#include "base/crc32c.h"
#include "wire/transport/sctp_chunk.h"

namespace holter::wire {
namespace {

ChecksumState verify(const Decoder& decoder, const SctpView& view) {
  if (!decoder.can_verify() || !decoder.whole()) return ChecksumState::unverified;
  if (sctp_checksum(decoder.window().captured) == view.checksum()) return ChecksumState::good;
  return view.checksum() == 0 ? ChecksumState::unverified : ChecksumState::bad;
}

}  // namespace

std::uint32_t sctp_checksum(Bytes packet) {
  constexpr std::array<std::uint8_t, 4> kNoChecksum{};
  constexpr std::size_t kAt = 8;
  std::uint32_t crc = base::crc32c(packet.first(kAt));
  crc = base::crc32c(kNoChecksum, crc);
  crc = base::crc32c(packet.subspan(SctpView::kBytes), crc);
  return __builtin_bswap32(crc);  // the lowest byte comes first (RFC 9260, appendix A)
}

Parsed<SctpView> SctpView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return SctpView(window.captured.first(kBytes));
}

Next decode_sctp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  packet.transport_offset = static_cast<std::uint16_t>(decoder.offset());
  const auto view = SctpView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  packet.add(Protocol::sctp);
  packet.source_port = view->source_port();
  packet.destination_port = view->destination_port();
  packet.transport_checksum = verify(decoder, *view);
  if (packet.transport_checksum == ChecksumState::bad) packet.add(Anomaly::bad_transport_checksum);
  FieldList* const out = decoder.fields(Protocol::sctp);
  if (out != nullptr) {
    out->number(kSctpFields.src_port, packet.source_port);
    out->number(kSctpFields.dst_port, packet.destination_port);
    out->number(kSctpFields.verification_tag, view->verification_tag());
    out->number(kSctpFields.checksum, view->checksum());
    out->word(kSctpFields.checksum_state, to_string(packet.transport_checksum));
  }
  decoder.advance(SctpView::kBytes);
  // A fragment ends in the middle of a chunk.
  const bool right = read_sctp_chunks(decoder.window(), decoder.steps, out);
  if (!right && !packet.is_fragment()) packet.add(Anomaly::header_malformed);
  return {};
}

}  // namespace holter::wire
