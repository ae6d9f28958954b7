#include "wire/file/pcapng_file.h"

#include <string>

#include "wire/file/pcapng_format.h"
#include "wire/limits.h"

namespace holter::wire {
namespace {

using namespace pcapng;

constexpr std::size_t kEnhancedHeaderBytes = 20;  // before the frame; the obsolete block has as many
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

std::string_view name_of(std::uint32_t type) {
  switch (type) {
    case kSectionHeader: return "section header";
    case kInterfaceDescription: return "interface description";
    case kPacket: return "packet, obsolete form";
    case kSimplePacket: return "simple packet";
    case kInterfaceStatistics: return "interface statistics";
    case kEnhancedPacket: return "enhanced packet";
    default: return "of a type that holter passes over";
  }
}

bool is_read(std::uint32_t type) {
  return type == kSectionHeader || type == kInterfaceDescription || type == kPacket || type == kSimplePacket ||
         type == kInterfaceStatistics || type == kEnhancedPacket;
}

bool holds_packet(std::uint32_t type) { return type == kPacket || type == kSimplePacket || type == kEnhancedPacket; }

std::optional<std::uint64_t> sum(std::optional<std::uint64_t> a, std::optional<std::uint64_t> b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

// if_tsresol: a power of ten, or of two when the highest bit is set. Nothing when it does not fit in 64 bits.
std::optional<std::uint64_t> units_per_second(std::uint8_t resolution) {
  const unsigned exponent = resolution & 0x7fU;
  if ((resolution & 0x80U) != 0) return exponent < 64 ? std::optional(std::uint64_t{1} << exponent) : std::nullopt;
  if (exponent > 19) return std::nullopt;
  std::uint64_t units = 1;
  for (unsigned i = 0; i < exponent; ++i) units *= 10;
  return units;
}

}  // namespace

// Numbers in the byte order of the section, and options. As ByteReader: what is not there reads as 0 and failed().
class PcapngReader::Body {
 public:
  Body(base::Bytes bytes, bool big_endian) : reader_(bytes), big_endian_(big_endian) {}

  std::uint16_t u16() { return big_endian_ ? reader_.u16() : reader_.u16_le(); }
  std::uint32_t u32() { return big_endian_ ? reader_.u32() : reader_.u32_le(); }
  std::uint64_t u64() { return big_endian_ ? reader_.u64() : reader_.u64_le(); }
  std::uint64_t u32_pair() {  // the high word first, in either order
    const std::uint64_t high = u32();
    return high << 32 | u32();
  }
  base::Bytes bytes(std::size_t n) { return reader_.bytes(n); }
  Body part(std::size_t n) { return {reader_.bytes(n), big_endian_}; }
  base::Bytes rest() const { return reader_.rest(); }
  std::size_t left() const { return reader_.captured_left(); }
  bool failed() const { return reader_.failed(); }

 private:
  base::ByteReader reader_;
  bool big_endian_;
};

bool is_pcapng(base::Bytes beginning) {
  return beginning.size() >= 4 && base::ByteReader(beginning).u32() == kSectionHeader;
}

base::PacketTime CaptureClock::time_of(std::uint64_t units) const {
  const std::uint64_t seconds = units / units_per_second;
  const auto part = static_cast<unsigned __int128>(units % units_per_second) * kNanosecondsPerSecond;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return base::PacketTime() + base::Duration::seconds(static_cast<std::int64_t>(std::min(seconds, kMost))) +
         base::Duration::seconds(offset_seconds) +
         base::Duration::nanoseconds(static_cast<std::int64_t>(part / units_per_second));
}

base::Error PcapngReader::corrupt(const std::string& what) const {
  return {base::ErrorKind::corrupt, "at byte " + std::to_string(block_.offset) + ", in block " +
                                        std::to_string(blocks_) + " (" + std::string(name_of(block_.type)) +
                                        "): " + what};
}

std::optional<std::uint64_t> PcapngReader::dropped() const {
  std::optional<std::uint64_t> all = dropped_before_;
  for (const auto& interface : interfaces_) all = sum(all, interface.dropped);
  return all;
}

base::Result<bool> PcapngReader::read_byte_order(ByteFeed& feed) {
  const base::Bytes held = feed.held();
  if (held.size() < kSmallestBlock) return false;
  const base::Bytes magic = held.subspan(kBlockHeaderBytes, 4);
  if (base::ByteReader(magic).u32() == kByteOrderMagic) {
    big_endian_ = true;
  } else if (base::ByteReader(magic).u32_le() == kByteOrderMagic) {
    big_endian_ = false;
  } else {
    return corrupt("its byte-order magic is neither 1a 2b 3c 4d nor 4d 3c 2b 1a");
  }
  return true;
}

base::Result<bool> PcapngReader::read_block_header(ByteFeed& feed) {
  if (feed.held().size() < kBlockHeaderBytes) return false;
  const std::uint64_t number = blocks_;
  blocks_ = number + 1;  // for the words of an error
  block_ = {Body(feed.held(), big_endian_).u32(), 0, feed.offset()};
  if (block_.type == kSectionHeader) {
    const auto known = read_byte_order(feed);
    if (!known || !*known) {
      if (known) blocks_ = number;
      return known;
    }
  }
  Body header(feed.held(), big_endian_);
  header.u32();
  block_.length = header.u32();
  if (block_.length < kSmallestBlock || block_.length % 4 != 0) {
    return corrupt("a length of " + std::to_string(block_.length) + " bytes; it must be a multiple of 4 and at least " +
                   std::to_string(kSmallestBlock));
  }
  if (is_read(block_.type) && block_.length > kMaxPcapngBlockBytes) {
    return corrupt("a length of " + std::to_string(block_.length) + " bytes; holter reads at most " +
                   std::to_string(kMaxPcapngBlockBytes));
  }
  in_block_ = true;
  if (!is_read(block_.type)) feed.skip(block_.length - kBlockTrailerBytes);
  return true;
}

base::Result<bool> PcapngReader::end_skipped_block(ByteFeed& feed) {
  if (feed.skipping() || feed.held().size() < kBlockTrailerBytes) return false;
  if (Body(feed.held(), big_endian_).u32() != block_.length) {
    return corrupt("the length at its end is not the one at its beginning, " + std::to_string(block_.length));
  }
  feed.take(kBlockTrailerBytes);
  in_block_ = false;
  return true;
}

base::Result<PcapngReader::Frame> PcapngReader::next(ByteFeed& feed) {
  for (;;) {
    if (!in_block_) {
      const auto begun = read_block_header(feed);
      if (!begun) return begun.error();
      if (!*begun) return Frame();
    }
    if (!is_read(block_.type)) {
      const auto passed = end_skipped_block(feed);
      if (!passed) return passed.error();
      if (!*passed) return Frame();
      continue;
    }
    const base::Bytes held = feed.held();
    if (held.size() < block_.length) return Frame();
    const auto length = static_cast<std::size_t>(block_.length);
    if (Body(held.subspan(length - kBlockTrailerBytes), big_endian_).u32() != block_.length) {
      return corrupt("the length at its end is not the one at its beginning, " + std::to_string(length));
    }
    auto frame = read_body(held.subspan(kBlockHeaderBytes, length - kSmallestBlock));
    if (!frame) return frame;
    feed.take(length);
    in_block_ = false;
    if (*frame) return frame;
  }
}

base::Result<PcapngReader::Frame> PcapngReader::read_body(base::Bytes bytes) {
  const Body body(bytes, big_endian_);
  base::Result<void> done;
  switch (block_.type) {
    case kEnhancedPacket: return enhanced_packet(body);
    case kSimplePacket: return simple_packet(body);
    case kPacket: {
      Body obsolete = body;
      const std::uint32_t interface = obsolete.u16();
      obsolete.u16();  // how many were dropped since the one before, which few writers knew
      return stamped_packet(interface, obsolete);
    }
    case kSectionHeader: done = begin_section(body); break;
    case kInterfaceDescription: done = add_interface(body); break;
    case kInterfaceStatistics: done = take_statistics(body); break;
  }
  if (!done) return done.error();
  return Frame();
}

base::Result<void> PcapngReader::begin_section(Body body) {
  body.u32();  // byte-order magic
  const std::uint16_t major = body.u16();
  const std::uint16_t minor = body.u16();
  body.u64();  // the section's length, which a writer to a pipe cannot know
  if (body.failed()) return corrupt("it is shorter than " + std::to_string(kSmallestSection) + " bytes");
  if (major != kMajor) {
    return corrupt("version " + std::to_string(major) + "." + std::to_string(minor) +
                   " of the format; holter reads version 1");
  }
  dropped_before_ = dropped();
  interfaces_.clear();
  ++sections_;
  return {};
}

// Calls visit(code, Body value) for each option; its error ends the walk.
template <class Visit>
base::Result<void> PcapngReader::for_each_option(Body options, Visit visit) const {
  while (options.left() >= 4) {
    const std::uint16_t code = options.u16();
    const std::uint16_t length = options.u16();
    if (code == kEndOfOptions) return {};
    const Body value = options.part(length);
    if (options.failed()) {
      return corrupt("option " + std::to_string(code) + " claims " + std::to_string(length) +
                     " bytes, which are more than the block has");
    }
    if (base::Result<void> visited = visit(code, value); !visited) return visited;
    options.part(std::min(padded(length) - length, options.left()));
  }
  return {};
}

base::Result<void> PcapngReader::take_time_option(CaptureInterface& interface, std::uint16_t code, Body value) const {
  if (code == kInterfaceTimeResolution) {
    const base::Bytes bytes = value.bytes(1);
    if (bytes.empty()) return corrupt("its time resolution has no bytes");
    const auto units = units_per_second(bytes[0]);
    if (!units) return corrupt("a time resolution of " + std::to_string(bytes[0]) + " is finer than 64 bits can count");
    interface.clock.units_per_second = *units;
  } else if (code == kInterfaceTimeOffset) {
    interface.clock.offset_seconds = static_cast<std::int64_t>(value.u64());
    if (value.failed()) return corrupt("its time offset has fewer than 8 bytes");
  }
  return {};
}

base::Result<void> PcapngReader::add_interface(Body body) {
  CaptureInterface interface;
  interface.linktype = body.u16();
  body.u16();  // reserved
  interface.snaplen = body.u32();
  if (body.failed()) return corrupt("it is shorter than 20 bytes");
  if (interfaces_.size() == kMaxCaptureInterfaces) {
    return corrupt("more than " + std::to_string(kMaxCaptureInterfaces) + " interfaces in one section");
  }
  auto read = for_each_option(body, [&](std::uint16_t code, Body value) -> base::Result<void> {
    if (code == kInterfaceName) {
      const base::Bytes name = value.rest();
      const std::string_view text(reinterpret_cast<const char*>(name.data()), name.size());
      interface.name = base::UntrustedText(text.substr(0, text.find('\0')), kMaxInterfaceNameBytes);
      return {};
    }
    return take_time_option(interface, code, value);
  });
  if (!read) return read;
  interfaces_.push_back(std::move(interface));
  return {};
}

base::Result<void> PcapngReader::take_statistics(Body body) {
  const std::uint32_t number = body.u32();
  body.u64();  // when
  if (body.failed()) return corrupt("it is shorter than 24 bytes");
  if (number >= interfaces_.size()) return corrupt("interface " + std::to_string(number) + " was not described");
  return for_each_option(body, [&](std::uint16_t code, Body value) -> base::Result<void> {
    if (code == kStatisticsDropped && value.left() == 8) interfaces_[number].dropped = value.u64();
    return {};
  });
}

base::Result<PcapngReader::Frame> PcapngReader::enhanced_packet(Body body) {
  const std::uint32_t interface = body.u32();
  return stamped_packet(interface, body);
}

base::Result<PcapngReader::Frame> PcapngReader::stamped_packet(std::uint32_t interface, Body body) {
  const std::uint64_t time = body.u32_pair();
  const std::uint32_t captured = body.u32();
  const std::uint32_t original = body.u32();
  if (body.failed()) return corrupt("it is shorter than " + std::to_string(kSmallestBlock + kEnhancedHeaderBytes));
  auto frame = frame_of(interface, captured, original, body);
  if (frame) (*frame)->captured_at = interfaces_[interface].clock.time_of(time);
  return frame;
}

base::Result<PcapngReader::Frame> PcapngReader::simple_packet(Body body) {
  const std::uint32_t original = body.u32();
  if (body.failed()) return corrupt("it is shorter than 16 bytes");
  const std::uint32_t snaplen = interfaces_.empty() ? 0 : interfaces_[0].snaplen;
  const std::uint32_t captured = snaplen == 0 ? original : std::min(snaplen, original);
  return frame_of(0, captured, original, body);
}

base::Result<PcapngReader::Frame> PcapngReader::frame_of(std::uint32_t interface, std::uint32_t captured,
                                                         std::uint32_t original, Body& data) {
  if (interface >= interfaces_.size()) {
    return corrupt("interface " + std::to_string(interface) + " was not described before");
  }
  if (captured > data.left()) {
    return corrupt("it claims " + std::to_string(captured) + " captured bytes and has room for " +
                   std::to_string(data.left()));
  }
  CapturedFrame frame;
  frame.number = ++frames_;
  frame.bytes = data.bytes(captured);
  frame.original_length = original;
  frame.linktype = interfaces_[interface].linktype;
  frame.interface = interface;
  return Frame(frame);
}

base::Result<void> PcapngReader::finish(const ByteFeed& feed) const {
  const bool clean = !in_block_ && feed.held().empty();
  if (clean && header_read()) return {};
  const std::string place = " at byte " + std::to_string(feed.fed());
  std::string where = "block " + std::to_string(in_block_ ? blocks_ : blocks_ + 1);
  if (!header_read()) {
    where = "its section header";
  } else if (in_block_ && holds_packet(block_.type)) {
    where = "packet " + std::to_string(frames_ + 1);
  } else if (in_block_) {
    where += " (" + std::string(name_of(block_.type)) + ")";
  }
  return base::Error{base::ErrorKind::corrupt, "the capture stops inside " + where + place};
}

}  // namespace holter::wire
