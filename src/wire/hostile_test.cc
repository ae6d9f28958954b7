// Frames that stop anywhere, frames with bytes changed, and the captures beside the clone: nothing may read outside its
// buffer (sanitizer builds look), claim an offset behind the frame, or take memory from the heap.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "base/allocation_count_test.h"
#include "base/captures_test.h"
#include "wire/dispatch.h"
#include "wire/file/capture_file.h"
#include "wire/test_frames.h"

namespace holter::wire {
namespace {

using test::FrameBytes;

std::vector<FrameBytes> frames_of_every_kind() {
  const auto &a = test::kA4, &b = test::kB4, &c = test::kA6, &d = test::kB6;
  std::vector<FrameBytes> frames{
      test::udp_frame({a, 1'000}, {b, 53}, "a question"),
      test::udp_frame({c, 1'000}, {d, 53}, "a question"),
      test::tcp_frame({a, 40'000}, {b, 443}, kTcpSyn),
      test::tcp_frame({c, 40'000}, {d, 443}, kTcpAck | kTcpPsh, "GET / HTTP/1.1"),
      test::echo_frame(a, b, false, 1, 2),
      test::echo_frame(c, d, true, 1, 2),
  };
  base::ByteWriter arp;
  ArpHeader{}.emit(arp);
  frames.push_back(test::ethernet(kEthertypeArp, arp.view()));
  frames.push_back(test::tagged(test::tagged(frames[2], kEthertypeVlan, 5), kEthertypeQinq, 6));
  base::ByteWriter chain;
  for (const std::uint8_t next : {kIpprotoRouting, kIpprotoDstopts, kIpprotoFragment, kIpprotoUdp}) {
    chain.u8(next);
    chain.zeros(7);
  }
  UdpHeader{1, 2}.emit(chain, {}, c, d);
  frames.push_back(test::ip_frame(c, d, kIpprotoHopopts, chain.view()));
  return frames;
}

void expect_sane(const Packet& packet, Bytes captured) {
  ASSERT_LE(packet.network_offset, captured.size());
  ASSERT_LE(packet.transport_offset, captured.size());
  ASSERT_LE(packet.layers, kMaxLayers);
  ASSERT_LE(packet.payload(captured).size(), captured.size());
  if (has_quote(packet)) (void)decode_quoted(captured, packet);
}

// Both ways through the layers give the same Packet, and what the full one lists is in its bounds.
void expect_same_in_full(const Packet& packet, Bytes captured, std::uint32_t original, LinkType link) {
  static FieldList fields;
  fields.clear();
  const Packet full = decode(captured, original, link, {}, {.fields = &fields});
  ASSERT_TRUE(packet == full) << "bytes " << ::testing::PrintToString(std::vector(captured.begin(), captured.end()));
  std::size_t open = 0;
  for (const FieldEntry& entry : fields.entries()) {
    open += entry.mark == FieldEntry::Mark::open;
    open -= entry.mark == FieldEntry::Mark::close;
  }
  ASSERT_EQ(open, 0u);
}

TEST(Hostile, EveryPrefixOfEveryFrameIsTruncatedAndNeverAnomalous) {
  for (const FrameBytes& frame : frames_of_every_kind()) {
    for (std::size_t n = 0; n <= frame.size(); ++n) {
      // A copy of its own, so that a sanitizer sees one byte too far.
      const FrameBytes prefix(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
      const Packet packet = decode(prefix, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet);
      expect_sane(packet, prefix);
      EXPECT_EQ(packet.anomalies, 0) << n << " of " << frame.size();
      EXPECT_EQ(packet.truncated, packet.end == DecodeEnd::truncated);
      expect_sane(decode(prefix, static_cast<std::uint32_t>(n), LinkType::ethernet), prefix);
    }
  }
}

TEST(Hostile, ChangedFramesStayInBounds) {
  const char* wanted = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device{}();
  std::cout << "HOLTER_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  const auto frames = frames_of_every_kind();
  for (int round = 0; round < 200'000; ++round) {
    FrameBytes frame = frames[random() % frames.size()];
    for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
      frame[random() % frame.size()] = static_cast<std::uint8_t>(random());
    }
    if (random() % 2 == 0) frame.resize(random() % (frame.size() + 1));
    const auto original = static_cast<std::uint32_t>(frame.size() + random() % 3 * 100);
    const LinkType link = random() % 8 == 0 ? static_cast<LinkType>(random() % kLinkTypeCount) : LinkType::ethernet;
    const Packet packet = decode(frame, original, link);
    expect_sane(packet, frame);
    expect_same_in_full(packet, frame, original, link);
    if (HasFatalFailure()) FAIL() << "seed " << seed << " round " << round;
  }
}

TEST(Hostile, DecodingTakesNothingFromTheHeap) {
  auto frames = frames_of_every_kind();
  for (std::size_t i = 0, n = frames.size(); i < n; ++i) frames.emplace_back(frames[i].begin(), frames[i].begin() + 30);
  if (!base::test::kAllocationsAreCounted) GTEST_SKIP() << "ThreadSanitizer replaces operator new itself";
  const std::uint64_t before = base::test::allocations;
  std::uint64_t seen = 0;
  for (const FrameBytes& frame : frames) {
    seen |= decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet).protocols;
  }
  EXPECT_EQ(base::test::allocations, before);
  EXPECT_NE(seen, 0u);
}

struct Tally {
  std::uint64_t files = 0, other_files = 0, cut_files = 0, frames = 0, undecoded = 0, truncated = 0, anomalous = 0;
};

bool read_frames(CaptureFileReader& reader, Tally& tally) {
  for (;;) {
    const auto frame = reader.next();
    if (!frame) return false;
    if (!*frame) return true;
    const FrameBytes own((*frame)->bytes.begin(), (*frame)->bytes.end());
    const LinkType link = link_type_of_pcap((*frame)->linktype);
    const Packet packet = decode(own, (*frame)->original_length, link);
    expect_sane(packet, own);
    expect_same_in_full(packet, own, (*frame)->original_length, link);
    ++tally.frames;
    tally.undecoded += packet.undecoded();
    tally.truncated += packet.truncated;
    tally.anomalous += packet.anomalies != 0;
  }
}

void read_capture(const std::filesystem::path& path, Tally& tally) {
  std::ifstream file(path, std::ios::binary);
  CaptureFileReader reader;
  std::vector<std::uint8_t> chunk(64 * 1024);
  for (;;) {
    file.read(reinterpret_cast<char*>(chunk.data()), static_cast<std::streamsize>(chunk.size()));
    const auto n = static_cast<std::size_t>(file.gcount());
    if (n == 0) break;
    reader.feed(Bytes(chunk).first(n));
    if (!read_frames(reader, tally)) {
      ++tally.other_files;
      return;
    }
  }
  ++tally.files;
  tally.cut_files += !reader.finish();
}

TEST(Hostile, EveryCaptureBesideTheCloneDecodes) {
  const std::filesystem::path captures = base::captures_beside(HOLTER_SOURCE_ROOT);
  HOLTER_NEEDS_CAPTURES(captures);
  Tally tally;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(captures)) {
    if (entry.is_regular_file() && entry.path().extension() != ".md") read_capture(entry.path(), tally);
    if (HasFatalFailure()) FAIL() << entry.path();
  }
  std::cout << tally.files << " captures (" << tally.cut_files << " cut, " << tally.other_files << " broken), "
            << tally.frames << " frames, " << tally.undecoded << " undecoded, " << tally.truncated << " truncated, "
            << tally.anomalous << " with anomalies\n";
  EXPECT_GT(tally.files, 1'000u);
  EXPECT_GT(tally.frames, tally.undecoded * 2);
}

}  // namespace
}  // namespace holter::wire
