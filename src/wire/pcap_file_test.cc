#include "wire/pcap_file.h"

#include <gtest/gtest.h>

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

TEST(PcapFile, ReadsBackWhatItWroteWhateverTheChunks) {
  const auto file = two_frames();
  for (std::size_t chunk = 1; chunk <= file.size(); ++chunk) {
    PcapReader reader;
    std::vector<std::vector<std::uint8_t>> frames;
    for (std::size_t at = 0; at < file.size(); at += chunk) {
      reader.feed(base::Bytes(file).subspan(at, std::min(chunk, file.size() - at)));
      for (auto frame = reader.next(); frame.value(); frame = reader.next()) {
        if (frames.empty()) {
          EXPECT_EQ((*frame)->captured_at, kAt);
          EXPECT_EQ((*frame)->original_length, 60u);
        }
        frames.emplace_back((*frame)->bytes.begin(), (*frame)->bytes.end());
      }
    }
    EXPECT_EQ(frames, (std::vector<std::vector<std::uint8_t>>{kFirst, kSecond}));
    EXPECT_EQ(reader.linktype(), kLinktypeEthernet);
    EXPECT_EQ(reader.left_over(), 0u);
  }
}

TEST(PcapFile, BigEndianMicroseconds) {
  base::ByteWriter out;
  out.u32(0xa1b2c3d4);
  out.u16(2);
  out.u16(4);
  out.zeros(8);
  out.u32(65'535);
  out.u32(kLinktypeRaw);
  out.u32(10);
  out.u32(7);
  out.u32(1);
  out.u32(2);
  out.u8(0x45);
  PcapReader reader;
  reader.feed(out.view());
  const auto frame = reader.next().value();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->captured_at.in_nanoseconds(), 10'000'007'000);
  EXPECT_EQ(frame->original_length, 2u);
  EXPECT_EQ(reader.linktype(), kLinktypeRaw);
}

TEST(PcapFile, RefusesWhatItIsNot) {
  PcapReader other;
  other.feed(std::vector<std::uint8_t>{0x0a, 0x0d, 0x0d, 0x0a});
  EXPECT_EQ(other.next().error().kind, base::ErrorKind::unsupported);
  base::ByteWriter out;
  write_pcap_header(out, kLinktypeEthernet);
  out.zeros(8);
  out.u32_le(kMaxPcapFrameBytes + 1);
  out.u32_le(0);
  PcapReader broken;
  broken.feed(out.view());
  EXPECT_EQ(broken.next().error().kind, base::ErrorKind::corrupt);
}

TEST(PcapFile, ACutFileLeavesBytesOver) {
  auto file = two_frames();
  file.pop_back();
  PcapReader reader;
  reader.feed(file);
  EXPECT_TRUE(reader.next().value());
  EXPECT_FALSE(reader.next().value());
  EXPECT_EQ(reader.left_over(), 16u);
}

}  // namespace
}  // namespace holter::wire
