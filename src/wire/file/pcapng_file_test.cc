#include "wire/file/pcapng_file.h"

#include <gtest/gtest.h>

#include "wire/file/capture_file.h"
#include "wire/file/pcapng_format.h"
#include "wire/file/pcapng_writer.h"
#include "wire/limits.h"

namespace holter::wire {
namespace {

using namespace pcapng;

const std::vector<std::uint8_t> kBytes{1, 2, 3, 4, 5};

// Writes blocks in either byte order, right or wrong.
class Maker {
 public:
  explicit Maker(bool big_endian = false) : big_(big_endian) {}

  Maker& u16(std::uint16_t v) {
    big_ ? out_.u16(v) : out_.u16_le(v);
    return *this;
  }
  Maker& u32(std::uint32_t v) {
    big_ ? out_.u32(v) : out_.u32_le(v);
    return *this;
  }
  Maker& bytes(base::Bytes part) {
    out_.bytes(part);
    out_.zeros(padded(part.size()) - part.size());
    return *this;
  }
  Maker& option(std::uint16_t code, base::Bytes value) {
    return u16(code).u16(static_cast<std::uint16_t>(value.size())).bytes(value);
  }
  Maker& block(std::uint32_t type, const Maker& body) {
    const auto length = static_cast<std::uint32_t>(kSmallestBlock + body.out_.size());
    u32(type).u32(length);
    out_.bytes(body.out_.view());
    return u32(length);
  }
  Maker make() const { return Maker(big_); }
  Maker& section() { return block(kSectionHeader, make().u32(kByteOrderMagic).u16(1).u16(0).u32(~0U).u32(~0U)); }
  Maker& interface(std::uint16_t linktype, const Maker& options, std::uint32_t snaplen = 0) {
    return block(kInterfaceDescription, make().u16(linktype).u16(0).u32(snaplen).raw(options));
  }
  Maker& interface(std::uint16_t linktype) { return interface(linktype, make()); }
  Maker& packet(std::uint32_t interface, std::uint64_t time, std::uint32_t captured, base::Bytes data = kBytes) {
    return block(kEnhancedPacket, make()
                                      .u32(interface)
                                      .u32(static_cast<std::uint32_t>(time >> 32))
                                      .u32(static_cast<std::uint32_t>(time))
                                      .u32(captured)
                                      .u32(60)
                                      .bytes(data));
  }
  Maker& raw(const Maker& other) {
    out_.bytes(other.out_.view());
    return *this;
  }
  base::Bytes view() const { return out_.view(); }

 private:
  base::ByteWriter out_;
  bool big_;
};

struct Read {
  std::vector<CapturedFrame> frames;  // without their bytes
  std::vector<std::string> bytes;
  std::string error;
};

Read read(base::Bytes file) {
  CaptureFileReader reader;
  reader.feed(file);
  Read result;
  for (;;) {
    const auto frame = reader.next();
    if (!frame) result.error = frame.error().message;
    if (!frame || !*frame) break;
    result.frames.push_back(**frame);
    result.bytes.emplace_back((*frame)->bytes.begin(), (*frame)->bytes.end());
  }
  if (result.error.empty()) {
    if (const auto end = reader.finish(); !end) result.error = end.error().message;
  }
  return result;
}

std::int64_t time_of(const Maker& options, std::uint64_t units) {
  const Read got = read(Maker().section().interface(1, options).packet(0, units, 5).view());
  return got.frames.empty() ? -1 : got.frames[0].captured_at->in_nanoseconds();
}

Maker resolution(std::uint8_t value) { return Maker().option(kInterfaceTimeResolution, std::vector{value}); }

TEST(PcapngFile, TimeOfAnyResolution) {
  EXPECT_EQ(time_of(Maker(), 1'500'000), 1'500'000'000) << "microseconds when nothing is said";
  EXPECT_EQ(time_of(resolution(9), 1'500'000'001), 1'500'000'001);
  EXPECT_EQ(time_of(resolution(0), 3), 3'000'000'000);
  EXPECT_EQ(time_of(resolution(3), 1'500), 1'500'000'000);
  EXPECT_EQ(time_of(resolution(12), 1'999'999), 1'999) << "picoseconds are cut";
  EXPECT_EQ(time_of(resolution(0x80), 3), 3'000'000'000);
  EXPECT_EQ(time_of(resolution(0x81), 3), 1'500'000'000);
  EXPECT_EQ(time_of(resolution(0x80 + 32), (7ULL << 32) + (1ULL << 31)), 7'500'000'000);
  EXPECT_EQ(time_of(resolution(0x80 + 63), (1ULL << 63) + (1ULL << 62)), 1'500'000'000);
  EXPECT_EQ(time_of(resolution(19), 10'000'000'000'000'000'000ULL), 1'000'000'000);
  EXPECT_EQ(time_of(resolution(0), ~0ULL), std::numeric_limits<std::int64_t>::max()) << "held at the end of time";
}

TEST(PcapngFile, TimeOffset) {
  const Maker forward = Maker().option(kInterfaceTimeOffset, std::vector<std::uint8_t>{10, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(time_of(forward, 1'500'000), 11'500'000'000);
  const Maker back = Maker().option(kInterfaceTimeOffset, std::vector<std::uint8_t>(8, 0xff));
  EXPECT_EQ(time_of(back, 1'500'000), 500'000'000);
}

TEST(PcapngFile, SectionsOfEitherOrderAndInterfacesOfTheirOwn) {
  Maker file;
  file.section().interface(1).interface(101, resolution(9)).packet(1, 7, 5).packet(0, 7, 4);
  Maker second(true);
  second.section().interface(276).packet(0, 1ULL << 33, 3);
  file.raw(second);
  const Read got = read(file.view());
  EXPECT_EQ(got.error, "");
  ASSERT_EQ(got.frames.size(), 3u);
  EXPECT_EQ(got.frames[0].linktype, 101u);
  EXPECT_EQ(got.frames[0].captured_at->in_nanoseconds(), 7);
  EXPECT_EQ(got.frames[1].linktype, 1u);
  EXPECT_EQ(got.frames[1].captured_at->in_nanoseconds(), 7'000);
  EXPECT_EQ(got.frames[2].linktype, 276u);
  EXPECT_EQ(got.frames[2].captured_at->in_nanoseconds(), (1LL << 33) * 1'000);
  EXPECT_EQ(got.bytes, (std::vector<std::string>{"\1\2\3\4\5", "\1\2\3\4", "\1\2\3"}));
}

TEST(PcapngFile, SimpleAndObsoletePacketsAndWhatIsPassedOver) {
  Maker file;
  file.section().interface(1, Maker(), 4);
  file.block(4, Maker().bytes(kBytes));  // name resolution
  file.block(0x40000bad, Maker().bytes(std::vector<std::uint8_t>(100, 0xff)));
  file.block(kSimplePacket, Maker().u32(60).bytes(kBytes));  // the interface's snaplen says how long it is
  file.block(kPacket, Maker().u16(0).u16(9).u32(0).u32(5).u32(2).u32(60).bytes(kBytes));
  file.block(0xbad, Maker().bytes(std::vector<std::uint8_t>(8, 0)));  // a custom block
  const Read got = read(file.view());
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(got.bytes, (std::vector<std::string>{"\1\2\3\4", "\1\2"}));
  EXPECT_FALSE(got.frames.at(0).captured_at);
  EXPECT_EQ(got.frames.at(0).original_length, 60u);
  EXPECT_EQ(got.frames.at(1).captured_at->in_nanoseconds(), 5'000);
}

TEST(PcapngFile, ABlockThatIsPassedOverMayBeHuge) {
  constexpr std::uint32_t kHuge = 64 * 1024 * 1024;
  CaptureFileReader reader;
  reader.feed(Maker().section().u32(0xbad).u32(kHuge).view());
  const std::vector<std::uint8_t> part(1024 * 1024);
  for (std::uint32_t left = kHuge - 12; left > 0;) {
    const auto n = std::min<std::uint32_t>(left, static_cast<std::uint32_t>(part.size()));
    reader.feed(base::Bytes(part).first(n));
    EXPECT_FALSE(reader.next().value());
    left -= n;
  }
  reader.feed(Maker().u32(kHuge).interface(1).packet(0, 1, 5).view());
  EXPECT_TRUE(reader.next().value());
  EXPECT_TRUE(reader.finish());
}

TEST(PcapngFile, SaysWhatIsWrongWhereAndInWhichBlock) {
  const auto error = [](const Maker& rest) { return read(Maker().section().raw(rest).view()).error; };
  const std::vector<std::uint8_t> none;
  EXPECT_EQ(error(Maker().packet(0, 1, 5)),
            "at byte 28, in block 2 (enhanced packet): interface 0 was not described before");
  EXPECT_EQ(error(Maker().interface(1).packet(1, 1, 5)),
            "at byte 48, in block 3 (enhanced packet): interface 1 was not described before");
  EXPECT_EQ(error(Maker().interface(1).packet(0, 1, 9)),
            "at byte 48, in block 3 (enhanced packet): it claims 9 captured bytes and has room for 8");
  EXPECT_EQ(error(Maker().interface(1).u32(kEnhancedPacket).u32(10)),
            "at byte 48, in block 3 (enhanced packet): a length of 10 bytes; it must be a multiple of 4 and at least "
            "12");
  EXPECT_EQ(error(Maker().u32(77).u32(16).u32(0).u32(20)),
            "at byte 28, in block 2 (of a type that holter passes over): the length at its end is not the one at its "
            "beginning, 16");
  EXPECT_EQ(error(Maker().u32(kEnhancedPacket).u32(kMaxPcapngBlockBytes + 4)),
            "at byte 28, in block 2 (enhanced packet): a length of 16777220 bytes; holter reads at most 16777216");
  EXPECT_EQ(error(Maker().block(kEnhancedPacket, Maker().u32(0))),
            "at byte 28, in block 2 (enhanced packet): it is shorter than 32");
  EXPECT_EQ(error(Maker().interface(1, resolution(20))),
            "at byte 28, in block 2 (interface description): a time resolution of 20 is finer than 64 bits can count");
  EXPECT_EQ(error(Maker().interface(1, Maker().u16(2).u16(400))),
            "at byte 28, in block 2 (interface description): option 2 claims 400 bytes, which are more than the block "
            "has");
  EXPECT_EQ(error(Maker().block(kInterfaceStatistics, Maker().u32(0).u32(0).u32(0))),
            "at byte 28, in block 2 (interface statistics): interface 0 was not described");
  EXPECT_EQ(error(Maker().block(kSectionHeader, Maker().u32(1))),
            "at byte 28, in block 2 (section header): its byte-order magic is neither 1a 2b 3c 4d nor 4d 3c 2b 1a");
  EXPECT_EQ(error(Maker().block(kSectionHeader, Maker().u32(kByteOrderMagic).u16(2).u16(0).u32(0).u32(0))),
            "at byte 28, in block 2 (section header): version 2.0 of the format; holter reads version 1");
}

TEST(PcapngFile, TheNumberOfInterfacesIsLimited) {
  Maker file;
  file.section();
  for (std::size_t i = 0; i < kMaxCaptureInterfaces; ++i) file.interface(1);
  EXPECT_EQ(read(file.view()).error, "");
  EXPECT_NE(read(file.interface(1).view()).error.find("more than 4096 interfaces"), std::string::npos);
}

TEST(PcapngFile, ACutFileGivesItsWholeFramesAndSaysWhereItStops) {
  base::ByteWriter out;
  write_pcapng_section(out, "holter", "Linux");
  std::vector<std::size_t> ends{out.size()};
  write_pcapng_interface(out, {"eth0"});
  ends.push_back(out.size());
  for (int i = 0; i < 3; ++i) {
    write_pcapng_frame(out, 0, {{}, kBytes, 60});
    ends.push_back(out.size());
  }
  write_pcapng_statistics(out, 0, {});
  ends.push_back(out.size());
  for (std::size_t n = 4; n <= out.size(); ++n) {
    const std::vector<std::uint8_t> part(out.view().begin(), out.view().begin() + static_cast<std::ptrdiff_t>(n));
    const Read got = read(part);
    const auto whole = static_cast<std::size_t>(std::ranges::count_if(ends, [n](std::size_t end) { return end <= n; }));
    EXPECT_EQ(got.frames.size(), std::min<std::size_t>(whole < 2 ? 0 : whole - 2, 3)) << n;
    if (n == ends[whole == 0 ? 0 : whole - 1]) {
      EXPECT_EQ(got.error, "") << n;
      continue;
    }
    const std::string at = " at byte " + std::to_string(n);
    const bool typed = whole == 0 || n - ends[whole - 1] >= kBlockHeaderBytes;
    const std::string block = "block " + std::to_string(whole + 1);
    const std::string in = whole == 0                 ? "its section header"
                           : !typed                   ? block
                           : whole == 1               ? block + " (interface description)"
                           : whole == ends.size() - 1 ? block + " (interface statistics)"
                                                      : "packet " + std::to_string(whole - 1);
    EXPECT_EQ(got.error, "the capture stops inside " + in + at);
  }
}

TEST(PcapngFile, WritesWhatTheFormatSays) {
  base::ByteWriter out;
  write_pcapng_frame(out, 1, {base::PacketTime::from_nanoseconds((2LL << 32) + 3), kBytes, 60});
  const std::vector<std::uint8_t> expected{6, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,  0, 0, 0,
                                           5, 0, 0, 0, 60, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 40, 0, 0, 0};
  EXPECT_EQ(out.take(), expected);
}

}  // namespace
}  // namespace holter::wire
