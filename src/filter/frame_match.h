// Asks a filter about a whole frame. A frame that carries tunnels is asked as each of its packets, from the innermost
// to the outermost, and matches when one of them does. No more is decoded than the filter needs: first the flat Packet,
// which refuses most; then, for filters on rare fields, everything. Its memory is there from the beginning. One thread.
#pragma once

#include <optional>

#include "filter/packet_filter.h"
#include "wire/decoder.h"

namespace holter::filter {

class FrameMatch {
 public:
  explicit FrameMatch(PacketFilter filter)
      : filter_(std::move(filter)), packet_decides_(!filter_.needs().more_than_packet()) {
    if (filter_.needs().fields) fields_.emplace();
  }

  const PacketFilter& filter() const { return filter_; }

  // `innermost` is what the frame decodes to, with checksums verified when the filter needs them.
  bool matches(const Frame& frame, const wire::Packet& innermost) {
    if (packet_decides_ && innermost.tunnels == 0) return filter_.may_match(innermost);
    return matches_one(frame, innermost, wire::kMaxTunnels) || matches_outer(frame, innermost);
  }
  // The same with the fields that a full decode of it has given already.
  bool matches(const Frame& frame, const wire::Packet& innermost, const wire::FieldList& fields);
  // Decodes it as well.
  bool matches(const Frame& frame);

 private:
  bool matches_outer(const Frame& frame, const wire::Packet& innermost);
  bool matches_one(const Frame& frame, const wire::Packet& packet, std::uint8_t tunnels);

  PacketFilter filter_;
  bool packet_decides_;  // the flat one, alone
  std::optional<wire::FieldList> fields_;
};

}  // namespace holter::filter
