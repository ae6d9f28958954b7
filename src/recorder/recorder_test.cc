#include <gtest/gtest.h>

#include "base/seed_test.h"
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

using Recorder = test::Recording;

TEST_F(Recorder, AFrameIsThereAsSoonAsItIsRecorded) {
  record(writer, numbered(1), 1);
  record(writer, numbered(2), 2);
  const auto frozen = freeze_all(ring, 2);
  EXPECT_EQ(frozen.frames, (std::vector<FrameBytes>{numbered(1), numbered(2)}));
  EXPECT_EQ(frozen.seconds, (std::vector<double>{1, 2}));
}

TEST_F(Recorder, FramesOfAllSharesComeInTimeOrder) {
  const FrameBytes echo = wire::test::echo_frame(kA4, kC4, false, 1, 1, "");
  writer.set_monitored({kC4});
  record(writer, numbered(1), 1);
  record(writer, echo, 2);
  record(writer, numbered(3, kA4, kC4), 3);
  record(writer, numbered(4), 4);
  EXPECT_EQ(freeze_all(ring, 5).frames,
            (std::vector<FrameBytes>{numbered(1), echo, numbered(3, kA4, kC4), numbered(4)}));
  for (const Share share : kShares) EXPECT_GE(ring.figures(share, at(5)).frames, 1u) << to_string(share);
}

TEST_F(Recorder, OnlyTheWantedHostsAndTimes) {
  for (int i = 0; i < 10; ++i) record(writer, numbered(i, i % 2 == 0 ? kA4 : kC4), i);
  const auto frozen = freeze(ring, {{kC4}, at(3), at(7)}, at(10));
  EXPECT_EQ(frozen.frames, (std::vector<FrameBytes>{numbered(3, kC4), numbered(5, kC4)}));
}

TEST_F(Recorder, LongFramesAreCutAndSaySo) {
  const FrameBytes frame = wire::test::udp_frame({kA4, 1}, {kB4, 2}, std::string(1'000, 'x'));
  record(writer, frame, 1);
  const auto frozen = freeze_all(ring, 1);
  ASSERT_EQ(frozen.frames.size(), 1u);
  EXPECT_EQ(frozen.frames[0], FrameBytes(frame.begin(), frame.begin() + kDefaultSnaplen));
}

TEST_F(Recorder, ATagThatTheDeviceTookOutIsBack) {
  const FrameBytes bytes = numbered(1);
  Frame frame;
  frame.captured_at = at(1);
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  frame.hints = {true, 0x2005};
  frame.vlan_ether_type = wire::kEthertypeQinq;
  writer.record(frame, wire::decode(bytes, frame.original_length, wire::LinkType::ethernet, frame.hints));
  EXPECT_EQ(freeze(ring, {{kA4}, at(0), at(9)}, at(1)).frames,
            std::vector<FrameBytes>{wire::test::tagged(bytes, wire::kEthertypeQinq, 0x2005)});
}

// However much was recorded, what is left is a run of the newest frames without a hole, and the figures say since when.
TEST_F(Recorder, TheNewestStayWhenTheRingIsFull) {
  const int frames = 30'000;
  for (int i = 0; i < frames; ++i) record(writer, numbered(i), i / 1e3);
  const double now = (frames - 1) / 1e3;
  const auto frozen = freeze_all(ring, now);
  ASSERT_GT(frozen.frames.size(), 5'000u);
  ASSERT_LT(frozen.frames.size(), 30'000u);
  for (std::size_t i = 0; i < frozen.frames.size(); ++i) {
    ASSERT_EQ(frozen.frames[i], numbered(static_cast<std::uint32_t>(frames - frozen.frames.size() + i)));
  }
  const ShareFigures figures = ring.figures(Share::usual, at(now));
  EXPECT_EQ(figures.covers, at(now) - at(frozen.seconds.front()));
  EXPECT_EQ(figures.frames, 30'000u);
  EXPECT_EQ(figures.overwritten, 30'000u - frozen.frames.size());
  EXPECT_EQ(ring.figures(Share::control, at(now)).covers, at(now) - at(0));
}

TEST_F(Recorder, AFloodDoesNotPushOutWhatIsReserved) {
  const FrameBytes arp = wire::test::ethernet(wire::kEthertypeArp, FrameBytes(28));
  const FrameBytes dns = wire::test::udp_frame({kA4, 5'000}, {kB4, 53}, "question");
  writer.set_monitored({kC4});
  record(writer, arp, 1);
  record(writer, dns, 2);
  record(writer, numbered(3, kC4), 3);
  for (int i = 0; i < 50'000; ++i) record(writer, numbered(i), 4 + i / 1e4);
  const auto frozen = freeze(ring, {{}, at(0), at(4)}, at(10));
  EXPECT_EQ(frozen.frames, (std::vector<FrameBytes>{arp, dns, numbered(3, kC4)}));
}

TEST_F(Recorder, WhatSteersTheNetworkHasAShareOfItsOwn) {
  double when = 1;
  for (const auto& frame :
       {wire::test::ip_frame(kA4, kB4, 89, FrameBytes(40)), wire::test::ip_frame(kA4, kB4, 112, FrameBytes(20)),
        wire::test::udp_frame({kA4, 1'985}, {kB4, 1'985}, "hello"),
        wire::test::udp_frame({kA4, 50'000}, {kB4, 3'784}, "bfd"),
        wire::test::tcp_frame({kA4, 50'000}, {kB4, 179}, 0x18), wire::test::udp_frame({kA4, 50'000}, {kB4, 53}, "?")}) {
    record(writer, frame, when);
    when += 1;
    EXPECT_EQ(ring.figures(Share::control, at(when)).frames, static_cast<std::uint64_t>(when - 1)) << when;
  }
  record(writer, wire::test::udp_frame({kA4, 50'000}, {kB4, 9'999}, "x"), when);
  EXPECT_EQ(ring.figures(Share::usual, at(when)).frames, 1U);
}

TEST_F(Recorder, WhatIsOlderThanTheHorizonIsForgotten) {
  record(writer, numbered(1), 1);
  record(writer, numbered(2), 40);
  EXPECT_EQ(freeze_all(ring, 61).frames.size(), 2u);
  EXPECT_EQ(freeze_all(ring, 62).frames, std::vector<FrameBytes>{numbered(2)});
  EXPECT_EQ(ring.figures(Share::usual, at(1'000)).covers, memory.horizon);
}

TEST_F(Recorder, NothingIsCoveredWhileNothingIsCaptured) {
  record(writer, numbered(1), 1);
  EXPECT_EQ(ring.figures(Share::usual, at(5)).covers, base::Duration::seconds(5));
  writer.rename("wan0");
  EXPECT_EQ(ring.figures(Share::usual, at(6)).covers, base::Duration::seconds(6));
  writer.end_source();
  EXPECT_EQ(ring.figures(Share::usual, at(7)).covers, base::Duration::zero());
  writer.begin_source("wan0", wire::LinkType::ethernet, at(8));
  EXPECT_EQ(ring.figures(Share::usual, at(9)).covers, base::Duration::seconds(1));
}

TEST_F(Recorder, FramesThatTheirTimeIsOverForAreNotCountedAsOverwritten) {
  for (int i = 0; i < 20'000; ++i) record(writer, numbered(i), i / 10.0);
  EXPECT_EQ(ring.figures(Share::usual, at(2'000)).overwritten, 0u);
}

TEST_F(Recorder, ALateFrameFindsItsPlace) {
  for (const double when : {1.0, 3.0, 2.0, 3.0, 0.5})
    record(writer, numbered(static_cast<std::uint32_t>(when * 10)), when);
  EXPECT_EQ(freeze_all(ring, 4).seconds, (std::vector<double>{0.5, 1, 2, 3, 3}));
}

TEST_F(Recorder, AFreezeGoesOnWithoutTakingAnythingTwice) {
  Freeze going({{}, at(0), at(1e6)});
  base::ByteWriter out;
  std::vector<std::uint8_t> file;
  const auto write = [&](base::PacketTime upto) {
    for (bool more = true; more; out.clear()) {
      more = going.write(upto, out);
      file.insert(file.end(), out.view().begin(), out.view().end());
    }
  };
  going.begin(out, "test", "");
  const std::uint32_t frames = 20'000;
  for (std::uint32_t i = 0; i < frames; ++i) {
    record(writer, numbered(i), i / 1e3);
    if (i % 777 != 0) continue;
    going.collect({&ring, 1}, at(i / 1e3));
    write(at(i / 1e3 - 0.05));
  }
  going.collect({&ring, 1}, at(20));
  write(base::PacketTime::max());
  going.end(out);
  file.insert(file.end(), out.view().begin(), out.view().end());
  const auto frozen = test::read_back(std::move(file));
  ASSERT_EQ(frozen.frames.size(), frames);
  for (std::uint32_t i = 0; i < frames; ++i) ASSERT_EQ(frozen.frames[i], numbered(i));
  EXPECT_EQ(going.missed_blocks(), 0u);
}

TEST_F(Recorder, AddressesOfEveryLayerAreFound) {
  const FrameBytes inner = wire::test::udp_frame({kC4, 1}, {kB4, 2}, "x");
  const FrameBytes error = wire::test::ip_frame(kA4, kB4, wire::kIpprotoIcmp, [&] {
    FrameBytes message{3, 1, 0, 0, 0, 0, 0, 0};
    message.insert(message.end(), inner.begin() + 14, inner.end());
    return message;
  }());
  record(writer, error, 1);
  const FrameBytes tunnelled = wire::test::ip_frame(kA4, kC4, 4, wire::test::ip_packet(kB4, kA4, 17, FrameBytes(8)));
  record(writer, tunnelled, 2);
  record(writer, numbered(3), 3);
  EXPECT_EQ(freeze(ring, {{kC4}, at(0), at(9)}, at(3)).frames, (std::vector<FrameBytes>{error, tunnelled}));
}

TEST_F(Recorder, ACommentStandsAtItsFrame) {
  record(writer, numbered(1), 1);
  record(writer, numbered(2, kC4), 2);
  const auto frozen =
      freeze(ring, {{}, at(0), at(9)}, at(3),
             [](const wire::Packet& packet, base::Bytes, base::PacketTime) -> std::optional<std::string> {
               if (packet.source_address() != kC4) return std::nullopt;
               return "probe of the gateway";
             });
  EXPECT_EQ(frozen.frames.size(), 2u);
  const std::string file(frozen.file.begin(), frozen.file.end());
  const auto first = file.find("probe of the gateway");
  EXPECT_NE(first, file.npos);
  EXPECT_EQ(file.find("probe of the gateway", first + 1), file.npos);
}

TEST_F(Recorder, InterfacesKeepTheirNames) {
  record(writer, numbered(1), 1);
  writer.begin_source("tun0", wire::LinkType::raw_ip, at(2));
  const FrameBytes bare = wire::test::ip_packet(kA4, kC4, 17, FrameBytes(8));
  Frame frame{at(2), bare, static_cast<std::uint32_t>(bare.size())};
  writer.record(frame, wire::decode(bare, frame.original_length, wire::LinkType::raw_ip));
  const auto frozen = freeze(ring, {{kC4}, at(0), at(9)}, at(3));
  EXPECT_EQ(frozen.frames, std::vector<FrameBytes>{bare});
  const std::string file(frozen.file.begin(), frozen.file.end());
  EXPECT_NE(file.find("tun0"), file.npos);
}

TEST_F(Recorder, SeveralRingsCoverWhatAllOfThemCover) {
  Memory other_memory;
  const std::vector<Ring> rings = {ring, other_memory.make()};
  Writer other{rings[1]};
  other.begin_source("eth1", wire::LinkType::ethernet, at(10));
  record(writer, numbered(1), 1);
  record(other, numbered(2), 11);
  const auto figures = figures_of(rings, Share::usual, at(12));
  EXPECT_EQ(figures.frames, 2U);
  EXPECT_EQ(figures.covers, base::Duration::seconds(2));
}

TEST(RecorderLayout, SeveralRingsKeepToTheOptionsTogether) {
  for (const std::size_t rings : {1U, 2U, 7U, 64U}) {
    const auto layout = layout_of(part_of(Options(), rings));
    ASSERT_TRUE(layout) << rings;
    EXPECT_LE(layout->bytes() * rings, kDefaultBytes) << rings;
    EXPECT_GT(layout->bytes() * rings, kDefaultBytes - rings * 200'000) << rings;
    EXPECT_TRUE(layout_of(part_of(test::small_options(), rings))) << rings;
  }
}

TEST(RecorderLayout, TakesNoMoreThanIsAllowedAndRefusesWhatMakesNoRing) {
  for (const std::uint64_t bytes : {1ULL << 20, 5'000'000ULL, 64ULL << 20}) {
    Options options = test::small_options();
    options.bytes = bytes;
    const auto layout = layout_of(options);
    ASSERT_TRUE(layout);
    EXPECT_LE(layout->bytes(), bytes);
    EXPECT_GT(layout->bytes(), bytes - 3 * kBlockWords * 8);
  }
  for (const std::uint64_t bytes : {kLeastBytes - 1, kMostBytes + 1}) {
    Options refused = test::small_options();
    refused.bytes = bytes;
    EXPECT_FALSE(layout_of(refused)) << bytes;
  }
  Options options;
  options.reserve = options.bytes;
  EXPECT_FALSE(layout_of(options));
  options = {};
  options.snaplen = 10;
  EXPECT_FALSE(layout_of(options));
  options = {};
  options.horizon = base::Duration::zero();
  EXPECT_FALSE(layout_of(options));
}

}  // namespace
}  // namespace holter::recorder
