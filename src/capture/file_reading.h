// Reading a capture file from its beginning to its end: every packet is decoded, the sink takes those that the filter
// matches, and what was wrong is counted. Memory does not grow with the file: one chunk of input, one of output, and
// one frame. The streams block; no clock, no loop.
#pragma once

#include <optional>

#include "capture/packet_sink.h"
#include "env/streams.h"
#include "filter/packet_filter.h"
#include "wire/unknown.h"

namespace holter::capture {

inline constexpr std::size_t kReadChunkBytes = 256 * 1024;  // what stays in a cache beside its decoding
inline constexpr std::size_t kWriteChunkBytes = 64 * 1024;

struct ReadFigures {
  std::uint64_t packets = 0;             // read: shown or filtered
  std::uint64_t filtered = 0;            // read, then refused by the filter
  std::uint64_t truncated = 0;           // a header was cut by the capture
  std::uint64_t malformed = 0;           // a header cannot be right
  std::uint64_t bad_checksums = 0;       // packets with at least one that was looked at
  wire::UnknownProtocols unknown;        // what no decoder was there for
  std::optional<std::uint64_t> dropped;  // what the file says its capture lost

  void count(const wire::Packet& packet, const wire::CapturedFrame& frame) {
    ++packets;
    truncated += packet.truncated;
    malformed += packet.has(wire::Anomaly::header_malformed);
    if (packet.end != wire::DecodeEnd::complete) unknown.note(packet, frame.bytes, frame.linktype);
  }
  void count_sums(const wire::Packet& packet);
};

struct ReadOutcome {
  ReadFigures figures;
  bool recognised = false;    // it was a capture file
  base::Result<void> input;   // why reading ended early
  base::Result<void> output;  // why the sink ended early; ErrorKind::closed when nobody reads any more
};

struct ReadWish {
  std::uint64_t limit = 0;                          // packets taken at most; 0: all
  std::optional<filter::PacketFilter> filter = {};  // none: every packet
};

ReadOutcome read_capture(env::InputStream& input, PacketSink& sink, const ReadWish& wish);

}  // namespace holter::capture
