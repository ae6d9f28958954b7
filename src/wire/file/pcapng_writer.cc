#include "wire/file/pcapng_writer.h"

#include <array>

#include "wire/file/pcapng_format.h"

namespace holter::wire {
namespace {

using namespace pcapng;

constexpr std::uint8_t kNanoseconds = 9;  // 10^-9
constexpr std::size_t kMaxOptionBytes = 65'535;

// Many at once: one byte after another they took longer than the bytes of a frame.
template <std::size_t n>
void write_words(base::ByteWriter& out, const std::array<std::uint32_t, n>& words) {
  std::array<std::uint8_t, 4 * n> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
  out.bytes(bytes);
}

// The high word first.
std::array<std::uint32_t, 2> words_of(base::PacketTime time) {
  const auto ns = static_cast<std::uint64_t>(time.in_nanoseconds());
  return {static_cast<std::uint32_t>(ns >> 32), static_cast<std::uint32_t>(ns)};
}

// A block with both of its lengths: made with its type, ended by end().
class Block {
 public:
  Block(base::ByteWriter& out, std::uint32_t type) : out_(out), start_(out.size()) {
    write_words(out, std::array{type, 0U});
  }

  void option(std::uint16_t code, std::string_view text) {
    if (text.empty()) return;
    const std::string_view part = text.substr(0, kMaxOptionBytes);
    option_header(code, part.size());
    out_.text(part);
    out_.zeros(padded(part.size()) - part.size());
  }
  void option_u8(std::uint16_t code, std::uint8_t value) {
    option_header(code, 1);
    out_.u8(value);
    out_.zeros(3);
  }
  void option_u32(std::uint16_t code, std::uint32_t value) {
    constexpr std::uint32_t kLength = 4U << 16;
    write_words(out_, std::array{code | kLength, value});
  }
  void option_u64(std::uint16_t code, std::uint64_t value) {
    option_header(code, 8);
    out_.u64_le(value);
  }
  void option_time(std::uint16_t code, base::PacketTime time) {
    option_header(code, 8);
    write_time(time);
  }
  void write_time(base::PacketTime time) { write_words(out_, words_of(time)); }
  void end_options() { out_.u32_le(kEndOfOptions); }

  void end() {
    const auto length = static_cast<std::uint32_t>(out_.size() - start_ + kBlockTrailerBytes);
    write_words(out_, std::array{length});
    out_.patch_u32_le(start_ + 4, length);
  }

 private:
  void option_header(std::uint16_t code, std::size_t length) {
    out_.u16_le(code);
    out_.u16_le(static_cast<std::uint16_t>(length));
  }

  base::ByteWriter& out_;
  std::size_t start_;
};

}  // namespace

void write_pcapng_section(base::ByteWriter& out, std::string_view application, std::string_view os,
                          std::string_view comment) {
  Block block(out, kSectionHeader);
  out.u32_le(kByteOrderMagic);
  out.u16_le(kMajor);
  out.u16_le(0);
  out.u64_le(~std::uint64_t{0});  // its length is not known yet
  block.option(kComment, comment);
  block.option(kSectionOs, os);
  block.option(kSectionApplication, application);
  block.end_options();
  block.end();
}

void write_pcapng_interface(base::ByteWriter& out, const PcapngInterface& interface) {
  Block block(out, kInterfaceDescription);
  out.u16_le(static_cast<std::uint16_t>(interface.linktype));
  out.u16_le(0);
  out.u32_le(interface.snaplen);
  block.option(kInterfaceName, interface.name);
  block.option_u8(kInterfaceTimeResolution, kNanoseconds);
  block.end_options();
  block.end();
}

void write_pcapng_frame(base::ByteWriter& out, std::uint32_t interface, const PcapFrame& frame,
                        const PcapngNotes& notes) {
  Block block(out, kEnhancedPacket);
  const auto [high, low] = words_of(frame.captured_at);
  const auto captured = static_cast<std::uint32_t>(frame.bytes.size());
  write_words(out, std::array{interface, high, low, captured, frame.original_length});
  out.bytes(frame.bytes);
  out.zeros(padded(frame.bytes.size()) - frame.bytes.size());
  if (notes.flags != 0) block.option_u32(kFrameFlags, notes.flags);
  block.option(kComment, notes.comment);
  if (notes.flags != 0 || !notes.comment.empty()) block.end_options();
  block.end();
}

void write_pcapng_statistics(base::ByteWriter& out, std::uint32_t interface, const PcapngStatistics& statistics) {
  Block block(out, kInterfaceStatistics);
  out.u32_le(interface);
  block.write_time(statistics.to);
  block.option(kComment, statistics.comment);
  block.option_time(kStatisticsStart, statistics.from);
  block.option_time(kStatisticsEnd, statistics.to);
  if (statistics.received) block.option_u64(kStatisticsReceived, *statistics.received);
  block.option_u64(kStatisticsDropped, statistics.dropped);
  block.option_u64(kStatisticsAccepted, statistics.accepted);
  block.end_options();
  block.end();
}

}  // namespace holter::wire
