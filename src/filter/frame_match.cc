#include "filter/frame_match.h"

#include "wire/dispatch.h"

namespace holter::filter {
namespace {

wire::Packet decoded(const Frame& frame, const wire::DecodeWish& wish) {
  return wire::decode(frame.bytes, frame.original_length, frame.link, frame.hints, wish);
}

}  // namespace

bool FrameMatch::matches(const Frame& frame, const wire::Packet& innermost, const wire::FieldList& fields) {
  if (filter_.may_match(innermost) && filter_.matches({innermost, OwnFields(fields, innermost.tunnels), frame})) {
    return true;
  }
  return matches_outer(frame, innermost);
}

bool FrameMatch::matches_outer(const Frame& frame, const wire::Packet& innermost) {
  for (std::uint8_t tunnels = innermost.tunnels; tunnels > 0;) {
    --tunnels;
    const wire::DecodeWish wish{.checksums = filter_.needs().checksums, .tunnels = tunnels};
    if (matches_one(frame, decoded(frame, wish), tunnels)) return true;
  }
  return false;
}

bool FrameMatch::matches(const Frame& frame) {
  return matches(frame, decoded(frame, {.checksums = filter_.needs().checksums}));
}

bool FrameMatch::matches_one(const Frame& frame, const wire::Packet& packet, std::uint8_t tunnels) {
  if (!filter_.may_match(packet)) return false;
  if (packet_decides_) return true;
  if (!fields_) return filter_.matches({packet, {}, frame});
  fields_->clear();
  const wire::Packet full =
      decoded(frame, {.checksums = filter_.needs().checksums, .tunnels = tunnels, .fields = &*fields_});
  return filter_.matches({full, OwnFields(*fields_, full.tunnels), frame});
}

}  // namespace holter::filter
