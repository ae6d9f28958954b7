// Reading a capture file from its beginning to its end: every packet is decoded and shown, and what was wrong is
// counted. With a filter, only what it matches is shown. Memory does not grow with the file: one chunk of input, one of
// output, and one frame. The streams block; no clock, no loop.
#pragma once

#include <array>
#include <optional>

#include "capture/packet_printer.h"
#include "env/streams.h"
#include "filter/packet_filter.h"
#include "wire/packet.h"

namespace holter::capture {

inline constexpr std::size_t kReadChunkBytes = 1024 * 1024;
inline constexpr std::size_t kPrintChunkBytes = 64 * 1024;
inline constexpr std::size_t kUnknownLinksNamed = 8;  // link types counted one by one; more are counted together

struct UnknownLink {
  std::uint32_t linktype = 0;
  std::uint64_t packets = 0;
};

struct ReadFigures {
  std::uint64_t packets = 0;                                    // read: shown or filtered
  std::uint64_t filtered = 0;                                   // read, then refused by the filter
  std::uint64_t undecoded = 0;                                  // no decoder for the link or what it carries
  std::uint64_t truncated = 0;                                  // a header was cut by the capture
  std::uint64_t malformed = 0;                                  // a header cannot be right
  std::uint64_t bad_checksums = 0;                              // packets with at least one
  std::array<UnknownLink, kUnknownLinksNamed> unknown_links{};  // in order of appearance; the last may be any other
  std::size_t unknown_link_count = 0;
  std::optional<std::uint64_t> dropped;  // what the file says its capture lost

  void count(const wire::Packet& packet, std::uint32_t linktype);
};

struct ReadOutcome {
  ReadFigures figures;
  bool recognised = false;    // it was a capture file
  base::Result<void> input;   // why reading ended early
  base::Result<void> output;  // why showing ended early; ErrorKind::closed when nobody reads any more
};

struct ReadWish {
  std::uint64_t limit = 0;                          // packets shown at most; 0: all
  std::optional<filter::PacketFilter> filter = {};  // none: every packet
};

ReadOutcome read_capture(env::InputStream& input, PacketPrinter& printer, const ReadWish& wish);

}  // namespace holter::capture
