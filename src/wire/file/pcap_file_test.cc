#include "wire/file/pcap_file.h"

#include <gtest/gtest.h>

#include "wire/file/capture_file.h"
#include "wire/limits.h"

namespace holter::wire {
namespace {

const std::vector<std::uint8_t> kFirst{1, 2, 3, 4, 5};
const std::vector<std::uint8_t> kSecond{9};
constexpr auto kAt = base::PacketTime::from_nanoseconds(1'700'000'000'123'456'789);

std::vector<std::uint8_t> two_frames() {
  base::ByteWriter out;
  write_pcap_header(out, kLinktypeEthernet);
  write_pcap_frame(out, {kAt, kFirst, 60});
  write_pcap_frame(out, {kAt + base::Duration::seconds(1), kSecond, 1});
  return out.take();
}

// A file header and one frame header in big-endian numbers.
base::ByteWriter big_endian(std::uint32_t magic, std::uint16_t minor, std::uint32_t captured, std::uint32_t original) {
  base::ByteWriter out;
  out.u32(magic);
  out.u16(2);
  out.u16(minor);
  out.zeros(8);
  out.u32(65'535);
  out.u32(0x30000000 | kLinktypeRaw);  // with a frame check sequence
  out.u32(10);
  out.u32(7);
  out.u32(captured);
  out.u32(original);
  return out;
}

TEST(PcapFile, ReadsBackWhatItWroteWhateverTheChunks) {
  const auto file = two_frames();
  for (std::size_t chunk = 1; chunk <= file.size(); ++chunk) {
    CaptureFileReader reader;
    std::vector<std::vector<std::uint8_t>> frames;
    for (std::size_t at = 0; at < file.size(); at += chunk) {
      reader.feed(base::Bytes(file).subspan(at, std::min(chunk, file.size() - at)));
      for (auto frame = reader.next(); frame.value(); frame = reader.next()) {
        if (frames.empty()) {
          EXPECT_EQ((*frame)->captured_at, kAt);
          EXPECT_EQ((*frame)->original_length, 60u);
          EXPECT_EQ((*frame)->linktype, kLinktypeEthernet);
        }
        frames.emplace_back((*frame)->bytes.begin(), (*frame)->bytes.end());
        EXPECT_EQ((*frame)->number, frames.size());
      }
    }
    EXPECT_EQ(frames, (std::vector<std::vector<std::uint8_t>>{kFirst, kSecond}));
    EXPECT_TRUE(reader.finish());
  }
}

TEST(PcapFile, BigEndianMicroseconds) {
  base::ByteWriter out = big_endian(0xa1b2c3d4, 4, 1, 2);
  out.u8(0x45);
  CaptureFileReader reader;
  reader.feed(out.view());
  const auto frame = reader.next().value();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->captured_at->in_nanoseconds(), 10'000'007'000);
  EXPECT_EQ(frame->original_length, 2u);
  EXPECT_EQ(frame->linktype, kLinktypeRaw);
}

TEST(PcapFile, OldVersionsExchangeTheTwoLengths) {
  for (const std::uint16_t minor : {1, 2, 3}) {
    base::ByteWriter out = big_endian(0xa1b2c3d4, minor, 60, 1);
    out.u8(0x45);
    CaptureFileReader reader;
    reader.feed(out.view());
    const auto frame = reader.next().value();
    ASSERT_TRUE(frame) << minor;
    EXPECT_EQ(frame->bytes.size(), 1u);
    EXPECT_EQ(frame->original_length, 60u);
  }
}

TEST(PcapFile, TheModifiedHeaderIsLonger) {
  base::ByteWriter out = big_endian(0xa1b2cd34, 4, 1, 2);
  out.zeros(8);
  out.u8(0x45);
  CaptureFileReader reader;
  reader.feed(out.view());
  EXPECT_EQ(reader.next().value()->bytes[0], 0x45);
}

TEST(PcapFile, SaysWhatIsWrongAndWhere) {
  base::ByteWriter out;
  write_pcap_header(out, kLinktypeEthernet);
  write_pcap_frame(out, {kAt, kFirst, 60});
  out.zeros(8);
  out.u32_le(kMaxPcapFrameBytes + 1);
  out.u32_le(0);
  CaptureFileReader broken;
  broken.feed(out.view());
  EXPECT_TRUE(broken.next().value());
  const auto error = broken.next().error();
  EXPECT_EQ(error.kind, base::ErrorKind::corrupt);
  EXPECT_EQ(error.message,
            "at byte 45, in the header of packet 2: it claims 262145 captured bytes; 262144 is the most there can be");

  CaptureFileReader newer;
  newer.feed(big_endian(0xa1b2c3d4, 5, 1, 1).view());
  EXPECT_EQ(newer.next().error().message,
            "at byte 4, in the file header: version 2.5 of the format; holter reads 2.0 to 2.4");
}

TEST(PcapFile, ACutFileSaysInsideWhichPacket) {
  const auto file = two_frames();
  const std::size_t second = 24 + 16 + kFirst.size();
  for (std::size_t n = 1; n < file.size(); ++n) {
    CaptureFileReader reader;
    reader.feed(base::Bytes(file).first(n));
    while (const auto frame = reader.next().value()) {
    }
    const auto end = reader.finish();
    if (n == 24 || n == second) {
      EXPECT_TRUE(end) << n;
      continue;
    }
    ASSERT_FALSE(end) << n;
    const std::string at = " at byte " + std::to_string(n);
    if (n < 4) {
      EXPECT_EQ(end.error().kind, base::ErrorKind::unsupported);
    } else if (n < 24) {
      EXPECT_EQ(end.error().message, "the capture stops inside its file header" + at);
    } else {
      EXPECT_EQ(end.error().message, "the capture stops inside packet " + std::string(n < second ? "1" : "2") + at);
      EXPECT_EQ(reader.frames(), n < second ? 0u : 1u);
    }
  }
}

}  // namespace
}  // namespace holter::wire
