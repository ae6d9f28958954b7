// Which blocks and frames a freeze of some hosts finds, and what it says of what it could not have.
#include <gtest/gtest.h>

#include "recorder/test_ring.h"

namespace holter::recorder {
namespace {

using test::at;
using test::freeze;
using test::freeze_all;
using test::kA4;
using test::kB4;
using test::kC4;
using test::Memory;
using test::numbered;
using test::record;
using wire::test::FrameBytes;

using RecorderIndex = test::Recording;

TEST_F(RecorderIndex, AHostIsFoundInEveryBlock) {
  std::vector<FrameBytes> of_host;
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    const bool is_host = i % 1'500 == 0;
    record(writer, numbered(i, is_host ? kC4 : kA4), i / 1e3);
    if (is_host) of_host.push_back(numbered(i, kC4));
  }
  ASSERT_GT(ring.newest(Share::usual), 3u);
  EXPECT_EQ(freeze(ring, {{kC4}, at(0), at(9)}, at(5)).frames, of_host);
}

TEST_F(RecorderIndex, AHostIsFoundInArpAndNeighbourDiscovery) {
  base::ByteWriter arp;
  wire::ArpHeader{wire::kArpRequest, {2, 0, 0, 0, 0, 1}, wire::test::array_of<4>(kC4), {}, wire::test::array_of<4>(kB4)}
      .emit(arp);
  const FrameBytes asks = wire::test::ethernet(wire::kEthertypeArp, arp.view());
  const base::IpAddress target = base::IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7});
  FrameBytes message{135, 0, 0, 0, 0, 0, 0, 0};
  message.insert(message.end(), target.bytes().begin(), target.bytes().end());
  const FrameBytes solicits = wire::test::ip_frame(wire::test::kA6, wire::test::kB6, wire::kIpprotoIcmpv6, message);
  record(writer, asks, 1);
  record(writer, solicits, 2);
  EXPECT_EQ(freeze(ring, {{kC4}, at(0), at(9)}, at(3)).frames, std::vector<FrameBytes>{asks});
  EXPECT_EQ(freeze(ring, {{target}, at(0), at(9)}, at(3)).frames, std::vector<FrameBytes>{solicits});
}

// Frames of every length leave blocks that are not quite full, of all shares.
TEST_F(RecorderIndex, FramesOfEveryLengthFillBlocksWithoutAHole) {
  writer.set_monitored({kC4});
  std::vector<FrameBytes> all;
  const std::array<base::IpAddress, 2> hosts = {kA4, kC4};
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    const std::string payload = std::to_string(i) + std::string(i % 83, 'x');
    all.push_back(
        wire::test::udp_frame({hosts[i % 2], 1}, {kB4, static_cast<std::uint16_t>(i % 3 == 0 ? 53 : 2)}, payload));
    record(writer, all.back(), i / 1e3);
  }
  EXPECT_EQ(freeze_all(ring, 2).frames, all);
}

TEST_F(RecorderIndex, AFreezeThatWasLappedSaysWhatItMissed) {
  Freeze slow({{}, at(0), at(1e6)});
  base::ByteWriter out;
  record(writer, numbered(0), 0);
  slow.collect({&ring, 1}, at(0));
  for (std::uint32_t i = 1; i < 40'000; ++i) record(writer, numbered(i), i / 1e3);
  const std::uint64_t blocks = ring.newest(Share::usual);
  ASSERT_GT(blocks, 2 * ring.blocks(Share::usual));
  slow.collect({&ring, 1}, at(40));
  EXPECT_EQ(slow.missed_blocks(), blocks - ring.blocks(Share::usual));
  while (slow.write(base::PacketTime::max(), out)) out.clear();
  EXPECT_EQ(slow.frames(), 1 + freeze_all(ring, 40).frames.size());
}

TEST_F(RecorderIndex, ACopySaysWhyThereIsNone) {
  for (std::uint32_t i = 0; i < 20'000; ++i) record(writer, numbered(i), i / 1e3);
  const std::uint64_t newest = ring.newest(Share::usual);
  Block copy;
  EXPECT_EQ(copy.copy(ring, Share::usual, newest), CopyEnd::whole);
  EXPECT_EQ(copy.copy(ring, Share::usual, newest - ring.blocks(Share::usual)), CopyEnd::overwritten);
  EXPECT_EQ(copy.copy(ring, Share::usual, newest + 1), CopyEnd::absent);
  EXPECT_EQ(copy.copy(ring, Share::control, 1), CopyEnd::absent);
}

TEST_F(RecorderIndex, WhatIsNotDueYetIsHeldBack) {
  Freeze held({{}, at(0), at(1e6)});
  base::ByteWriter out;
  for (std::uint32_t i = 0; i < 5; ++i) record(writer, numbered(i), i);
  held.collect({&ring, 1}, at(5));
  EXPECT_FALSE(held.write(at(2.5), out));
  EXPECT_EQ(held.frames(), 3u);
  record(writer, numbered(5), 2.7);  // of another queue
  held.collect({&ring, 1}, at(6));
  EXPECT_FALSE(held.write(at(4), out));
  EXPECT_EQ(held.frames(), 5u);
}

TEST_F(RecorderIndex, EveryInterfaceIsNamedInTheFile) {
  record(writer, numbered(1), 1);
  writer.rename("wan0");
  record(writer, numbered(2), 2);
  writer.begin_source("wan0", wire::LinkType::raw_ip, at(3));
  const FrameBytes bare = wire::test::ip_packet(kA4, kC4, 17, FrameBytes(8));
  writer.record({at(3), bare, static_cast<std::uint32_t>(bare.size())},
                wire::decode(bare, static_cast<std::uint32_t>(bare.size()), wire::LinkType::raw_ip));
  wire::CaptureFileReader reader;
  const auto frozen = freeze_all(ring, 4);
  reader.feed(frozen.file);
  std::vector<std::pair<std::string, std::uint32_t>> from;
  for (auto frame = reader.next(); frame.value(); frame = reader.next()) {
    from.emplace_back(reader.interface_name(**frame).raw(), (*frame)->linktype);
  }
  EXPECT_EQ(from,
            (std::vector<std::pair<std::string, std::uint32_t>>{
                {"eth0", wire::kLinktypeEthernet}, {"wan0", wire::kLinktypeEthernet}, {"wan0", wire::kLinktypeRaw}}));
}

}  // namespace
}  // namespace holter::recorder
