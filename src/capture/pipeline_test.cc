#include "capture/pipeline.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "base/seed_test.h"
#include "capture/asked_frame.h"
#include "capture/packet_record.h"
#include "filter/frame_match.h"
#include "filter/record_filter.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using base::Duration;
using base::Endpoint;
using env::Frame;
using env::FrameCounters;
using record::CaptureStats;
using record::Gap;
using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kB4;

constexpr auto kWall = base::WallTime::from_nanoseconds(1'700'000'000'000'000'000);
constexpr auto kInstant = base::Instant::from_nanoseconds(5'000'000'000);

Moment moment(Duration after) { return {kInstant + after, kWall + after}; }

template <class T>
std::vector<T> only(const std::vector<record::Record>& records) {
  std::vector<T> out;
  for (const auto& record : records) {
    if (const T* body = std::get_if<T>(&record)) out.push_back(*body);
  }
  return out;
}

// Frames whose bytes live here.
struct Bed {
  explicit Bed(PipelineOptions options = {}) : pipeline(with_name(std::move(options))) {
    pipeline.begin_source(wire::kArphrdEther, moment({}));
  }
  static PipelineOptions with_name(PipelineOptions options) {
    options.interface = "eth0";
    return options;
  }
  Frame frame(FrameBytes bytes, Duration after = {}) {
    kept.push_back(std::make_unique<FrameBytes>(std::move(bytes)));
    Frame out;
    out.bytes = *kept.back();
    out.original_length = static_cast<std::uint32_t>(kept.back()->size());
    out.captured_at = base::PacketTime::from_nanoseconds((kWall + after).in_nanoseconds());
    return out;
  }
  void process(std::vector<Frame> frames) { pipeline.process(frames, records); }

  std::vector<std::unique_ptr<FrameBytes>> kept;
  Pipeline pipeline;
  std::vector<record::Record> records;
};

FrameBytes udp(std::uint16_t from = 1'000, std::uint16_t to = 53) {
  return wire::test::udp_frame({kA4, from}, {kB4, to}, "question");
}

TEST(Pipeline, CountsConversationsAndRecordsPackets) {
  Bed bed;
  bed.process({bed.frame(udp()), bed.frame(wire::test::udp_frame({kB4, 53}, {kA4, 1'000}, "answer"))});
  const auto packets = only<record::PacketRecord>(bed.records);
  ASSERT_EQ(packets.size(), 2u);
  EXPECT_EQ(packets[0].source, "192.0.2.1");
  EXPECT_EQ(packets[0].destination_port, 53);
  EXPECT_EQ(packets[0].ether_type, wire::kEthertypeIp);
  bed.pipeline.end_all(bed.records);
  const auto flows = only<record::FlowRecord>(bed.records);
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].interface, "eth0");
  EXPECT_EQ(flows[0].responder_packets, 1u);
}

TEST(Pipeline, AFrameTakenAfterTheReadingBelongsToTheNextInterval) {
  Bed bed;
  bed.process({bed.frame(udp()), bed.frame(udp())});
  bed.pipeline.read({5, 1}, moment(Duration::seconds(1)), bed.records);  // two more lie in the ring
  EXPECT_TRUE(only<CaptureStats>(bed.records).empty());
  bed.process({bed.frame(udp()), bed.frame(udp()), bed.frame(udp())});
  auto stats = only<CaptureStats>(bed.records);
  ASSERT_EQ(stats.size(), 1u);
  EXPECT_EQ(stats[0].kernel_packets, 5u);
  EXPECT_EQ(stats[0].kernel_drops, 1u);
  EXPECT_EQ(stats[0].received, 4u);
  EXPECT_EQ(stats[0].to, kWall + Duration::seconds(1));
  bed.pipeline.read({1, 0}, moment(Duration::seconds(2)), bed.records);
  stats = only<CaptureStats>(bed.records);
  ASSERT_EQ(stats.size(), 2u);
  EXPECT_EQ(stats[1].received, 1u);
  EXPECT_EQ(stats[1].from, stats[0].to);
  EXPECT_EQ(bed.pipeline.totals().received, 5u);
}

TEST(Pipeline, EveryIntervalAddsUpUnderRandomLoadAndReadings) {
  const char* wanted = std::getenv("HOLTER_SEED");
  const std::uint64_t seed = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device{}();
  std::cout << "HOLTER_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  Bed bed;
  const Frame frame = bed.frame(udp());
  std::uint64_t ring = 0;
  std::uint64_t arrived = 0;
  FrameCounters counters;
  Duration at;
  for (int i = 0; i < 20'000; ++i) {
    at += Duration::milliseconds(100);
    for (std::uint64_t n = random() % 20; n > 0; --n) {
      ++arrived;
      ++counters.packets;
      ring < 60 ? ++ring : ++counters.drops;
    }
    if (random() % 3 == 0) {
      const std::size_t n = random() % (ring + 1);
      ring -= n;
      bed.process(std::vector<Frame>(n, frame));
    }
    if (random() % 5 == 0) bed.pipeline.read(std::exchange(counters, {}), moment(at), bed.records);
  }
  bed.process(std::vector<Frame>(ring, frame));
  bed.pipeline.end_source(counters, moment(at), bed.records);
  base::WallTime to = kWall;
  for (const CaptureStats& stats : only<CaptureStats>(bed.records)) {
    ASSERT_EQ(stats.kernel_packets, stats.received + stats.kernel_drops) << "seed " << seed;
    ASSERT_EQ(stats.from, to);
    to = stats.to;
  }
  EXPECT_EQ(bed.pipeline.totals().kernel_packets, arrived);
  EXPECT_GT(bed.pipeline.totals().kernel_drops, 0u);
}

TEST(Pipeline, FramesThatDieWithTheRingAreNamed) {
  Bed bed;
  bed.process({bed.frame(udp())});
  bed.pipeline.end_source({4, 1}, moment(Duration::seconds(1)), bed.records);
  const auto gaps = only<Gap>(bed.records);
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].cause, record::GapCause::capture_loss);
  EXPECT_EQ(gaps[0].count, 3u);  // one dropped, two never handed over
  EXPECT_EQ(gaps[0].where, "capture eth0");
}

Frame own_frame(Bed& bed) { return bed.frame(wire::test::tcp_frame({kA4, 1}, {kB4, 4'280}, wire::kTcpAck, "own")); }

TEST(Pipeline, HoltersOwnTrafficIsLeftOutAndCounted) {
  Bed bed;
  bed.pipeline.exclusions().set({.listening = {{kB4, 4'280}}});
  bed.process({own_frame(bed), bed.frame(udp())});
  bed.pipeline.read({2, 0}, moment(Duration::seconds(1)), bed.records);
  EXPECT_EQ(bed.pipeline.totals().own, 1u);
  EXPECT_EQ(bed.pipeline.totals().flows, 1u);
  bed.pipeline.exclusions().set({});
  bed.process({own_frame(bed)});
  bed.pipeline.read({1, 0}, moment(Duration::seconds(2)), bed.records);
  EXPECT_EQ(bed.pipeline.totals().own, 1u);
}

TEST(Pipeline, PacketRecordsBeyondTheRateAreOneGap) {
  Bed bed({.recorded = {.packets_per_second = 2}});
  bed.process({bed.frame(udp()), bed.frame(udp()), bed.frame(udp()), bed.frame(udp())});
  bed.pipeline.read({4, 0}, moment(Duration::seconds(1)), bed.records);
  bed.process({bed.frame(udp())});
  bed.pipeline.read({1, 0}, moment(Duration::seconds(2)), bed.records);
  EXPECT_EQ(only<record::PacketRecord>(bed.records).size(), 3u);
  const auto gaps = only<Gap>(bed.records);
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].count, 2u);
  EXPECT_EQ(gaps[0].lane, record::Lane::packets);
  EXPECT_EQ(gaps[0].to, kWall + Duration::seconds(1));
  EXPECT_EQ(bed.pipeline.totals().received, 5u);
}

TEST(Pipeline, UndecodedAndTruncatedAreCounted) {
  Bed bed;
  FrameBytes unknown = wire::test::ethernet(0x88b5, wire::test::bytes_of("what?"));
  Frame cut = bed.frame(udp());
  cut.bytes = cut.bytes.first(30);
  bed.process({bed.frame(std::move(unknown)), cut});
  bed.pipeline.read({2, 0}, moment(Duration::seconds(1)), bed.records);
  EXPECT_EQ(bed.pipeline.totals().undecoded, 1u);
  EXPECT_EQ(bed.pipeline.totals().truncated, 1u);
  EXPECT_EQ(only<record::PacketRecord>(bed.records).at(0).source, "02:00:00:00:00:01");
}

TEST(Pipeline, AWallClockThatSteppedBackStartsPacketTimeAnew) {
  Bed bed;
  bed.process({bed.frame(udp())});
  Moment back = moment(Duration::seconds(1));
  back.wall = kWall - Duration::hours(1);
  bed.pipeline.read({1, 0}, back, bed.records);
  const auto flows = only<record::FlowRecord>(bed.records);
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].end_reason, record::EndReason::shutdown);
  bed.process({bed.frame(udp(), Duration::minutes(-59))});
  EXPECT_EQ(bed.pipeline.top(1).at(0).first.in_nanoseconds(), (kWall - Duration::minutes(59)).in_nanoseconds());
}

filter::PacketFilter filter_of(std::string_view text) { return filter::PacketFilter::compile(text).value(); }

TEST(Pipeline, WhatTheFilterRefusesIsCountedAndNothingElse) {
  Bed bed({.filter = {.keep = filter_of("udp.port == 53")}});
  bed.pipeline.exclusions().set({.listening = {{kB4, 4'280}}});
  bed.process({bed.frame(udp()), bed.frame(udp(1'000, 54)), own_frame(bed),
               bed.frame(wire::test::ethernet(0x88cc, wire::test::bytes_of("lldp")))});
  bed.pipeline.read({5, 1}, moment(Duration::seconds(1)), bed.records);
  const CaptureStats& stats = bed.pipeline.totals();
  EXPECT_EQ(stats.kernel_packets, stats.received + stats.kernel_drops);
  EXPECT_EQ(stats.received, 4u);
  EXPECT_EQ(stats.filtered, 2u);
  EXPECT_EQ(stats.own, 1u);
  EXPECT_EQ(stats.undecoded, 0u) << "of what the filter let through";
  EXPECT_EQ(stats.flows, 1u);
  EXPECT_EQ(only<record::PacketRecord>(bed.records).size(), 1u);
}

TEST(Pipeline, WhatOneOfTheDropFiltersMatchesIsNotKept) {
  Bed bed({.filter = {.keep = filter_of("udp"),
                      .drops = {filter_of("port == 54"), filter_of("interface == eth0 and "
                                                                   "udp.length == 8")}}});
  bed.process({bed.frame(udp()), bed.frame(udp(1'000, 54)),
               bed.frame(wire::test::ethernet(0x88cc, wire::test::bytes_of("lldp")))});
  bed.pipeline.read({3, 0}, moment(Duration::seconds(1)), bed.records);
  EXPECT_EQ(bed.pipeline.totals().filtered, 2u);
  bed.pipeline.set_filter({.drops = {filter_of("udp")}});
  bed.process({bed.frame(udp()), bed.frame(wire::test::ethernet(0x88cc, wire::test::bytes_of("lldp")))});
  bed.pipeline.read({2, 0}, moment(Duration::seconds(2)), bed.records);
  EXPECT_EQ(bed.pipeline.totals().filtered, 3u) << "without keep all is kept that no filter drops";
}

TEST(Pipeline, SumsOfThePacketsThatAreRecordedAreVerifiedBehindAFilterToo) {
  FrameBytes wrong = udp();
  wrong.back() ^= 1;
  constexpr auto kBadSum = 1U << static_cast<unsigned>(wire::Anomaly::bad_transport_checksum);
  for (const filter::CaptureFilter& filter :
       {filter::CaptureFilter(), filter::CaptureFilter{.keep = filter_of("udp")}}) {
    Bed bed({.recorded = {.packets_per_second = 3}, .filter = filter});
    bed.process({bed.frame(udp()), bed.frame(wrong), bed.frame(udp()), bed.frame(wrong)});
    const auto packets = only<record::PacketRecord>(bed.records);
    ASSERT_EQ(packets.size(), 3u);
    EXPECT_EQ(packets[0].anomalies, 0u);
    EXPECT_EQ(packets[1].anomalies, kBadSum);
    EXPECT_EQ(packets[2].anomalies, 0u);
  }
}

TEST(Pipeline, WhatIsNotRecordedIsASignOfLifeAllTheSame) {
  Bed bed({.filter = {.keep = filter_of("tcp")}});
  bed.pipeline.exclusions().set({.listening = {{kB4, 4'280}}});
  bed.pipeline.heard_hosts().await({{kA4, Duration::seconds(1)}});
  bed.process({bed.frame(udp(1'000, 9))});
  EXPECT_EQ(bed.pipeline.heard_hosts().take(kInstant).size(), 1u) << "refused by the filter";
  bed.process({own_frame(bed)});
  EXPECT_EQ(bed.pipeline.heard_hosts().take(kInstant + Duration::seconds(1)).size(), 1u) << "holter's own";
}

FrameBytes arp_of(std::uint8_t mac) {
  base::ByteWriter out;
  wire::ArpHeader{wire::kArpRequest, {2, 0, 0, 0, 0, mac}, {192, 0, 2, 1}, {}, {192, 0, 2, 1}}.emit(out);
  return wire::test::ethernet(wire::kEthertypeArp, out.view());
}

TEST(Pipeline, TellsWhatChangesInTheNetworkWhateverIsRecorded) {
  Bed bed({.filter = {.keep = filter_of("tcp")}});
  bed.pipeline.set_gateways({kA4});
  bed.process({bed.frame(arp_of(1)), bed.frame(arp_of(2), Duration::minutes(1))});
  const auto changes = only<record::NetworkChange>(bed.records);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].at, kWall + Duration::minutes(1));
  EXPECT_EQ(changes[0].what, "gateway");
  EXPECT_EQ(changes[0].interface, "eth0");
}

TEST(Pipeline, WhatMayTellOfAChangePassesTheFilterThatIsMadeOfIt) {
  const auto watched = filter_of(changes::WireChanges::kMayMatter);
  for (const FrameBytes& bytes :
       {arp_of(1), udp(68, 67), udp(67, 68), udp(546, 547), udp(547, 546), udp(1'985, 1'985), udp(2'029, 2'029),
        udp(3'222, 3'222), wire::test::echo_frame(wire::test::kA6, wire::test::kB6, true, 1, 2),
        wire::test::ethernet(0x88cc, wire::test::bytes_of("lldp"))}) {
    const auto packet = wire::decode(bytes, static_cast<std::uint32_t>(bytes.size()), wire::LinkType::ethernet);
    EXPECT_TRUE(watched.matches(packet));
  }
  const FrameBytes question = udp();
  EXPECT_FALSE(watched.matches(wire::decode(question, 60, wire::LinkType::ethernet)));
}

TEST(Pipeline, NobodyIsHeardOverTheLoopback) {
  Bed bed;
  bed.pipeline.begin_source(wire::kArphrdLoopback, moment({}));
  bed.pipeline.heard_hosts().await({{kA4, Duration::seconds(1)}});
  bed.process({bed.frame(udp(1'000, 9))});
  EXPECT_FALSE(bed.pipeline.heard_hosts().heard_somebody());
}

TEST(Pipeline, AnotherFilterHoldsFromTheNextFrame) {
  Bed bed;
  bed.process({bed.frame(udp())});
  bed.pipeline.set_filter({.keep = filter_of("tcp")});
  bed.process({bed.frame(udp())});
  bed.pipeline.set_filter({});
  bed.process({bed.frame(udp())});
  bed.pipeline.read({3, 0}, moment(Duration::seconds(1)), bed.records);
  EXPECT_EQ(bed.pipeline.totals().filtered, 1u);
  EXPECT_EQ(only<record::PacketRecord>(bed.records).size(), 2u);
}

TEST(Pipeline, IntervalsAddUpWithAFilterThatChanges) {
  auto random = base::seeded_random();
  Bed bed({.recorded = {.packets_per_second = 1'000'000}});
  const std::vector<Frame> kinds = {bed.frame(udp()), bed.frame(udp(1, 54)), own_frame(bed),
                                    bed.frame(wire::test::tcp_frame({kA4, 1}, {kB4, 2}, wire::kTcpAck))};
  bed.pipeline.exclusions().set({.listening = {{kB4, 4'280}}});
  std::uint64_t sent = 0;
  for (int second = 1; second <= 200; ++second) {
    if (random() % 3 == 0) bed.pipeline.set_filter({.keep = filter_of(random() % 2 == 0 ? "tcp" : "port != 53")});
    if (random() % 5 == 0) bed.pipeline.set_filter({});
    const std::uint64_t n = random() % 30;
    for (std::uint64_t i = 0; i < n; ++i) bed.process({kinds[random() % kinds.size()]});
    sent += n;
    bed.pipeline.read({n, 0}, moment(Duration::seconds(second)), bed.records);
  }
  const CaptureStats& total = bed.pipeline.totals();
  EXPECT_EQ(total.received, sent);
  EXPECT_EQ(only<record::PacketRecord>(bed.records).size() + total.filtered + total.own, sent);
  EXPECT_GT(total.filtered, 0u);
}

TEST(Pipeline, WithoutRecordsItStillCounts) {
  Bed bed({.recorded = {.packets_per_second = 0, .flows = false}});
  bed.process({bed.frame(udp())});
  bed.pipeline.read({1, 0}, moment(Duration::seconds(1)), bed.records);
  bed.pipeline.end_all(bed.records);
  EXPECT_TRUE(only<record::PacketRecord>(bed.records).empty());
  EXPECT_TRUE(only<record::FlowRecord>(bed.records).empty());
  EXPECT_EQ(bed.pipeline.totals().received, 1u);
}

TEST(Pipeline, AStoredPacketMatchesWhatItMatchedWhenItWasCaptured) {
  const std::vector<FrameBytes> frames = {
      udp(),
      wire::test::udp_frame({wire::test::kA6, 1}, {wire::test::kB6, 53}, "x"),
      wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpSyn),
      wire::test::tcp_frame({wire::test::kA6, 5}, {wire::test::kB6, 443}, wire::kTcpAck),
      wire::test::echo_frame(kA4, kB4, false, 1, 2),
      wire::test::echo_frame(wire::test::kA6, wire::test::kB6, true, 1, 2),
      wire::test::tagged(udp(), wire::kEthertypeVlan, 5),
      wire::test::ethernet(0x88cc, wire::test::bytes_of("lldp")),
      wire::test::ethernet(wire::kEthertypeIp, wire::test::bytes_of("not IP"))};
  const auto asks = [](const filter::FieldInfo& field) {
    switch (field.type) {
      case filter::Type::number:
      case filter::Type::size:
        return std::string(field.most < 2'000 ? " in {0..1}" : " in {0..6, 17, 53, 60..70, 1000..2000}");
      case filter::Type::signed_number: return std::string(" > 0");
      case filter::Type::decimal: return std::string(" > 0.5");
      case filter::Type::address: return std::string(" in {192.0.2.1, 2001:db8::2}");
      case filter::Type::mac: return std::string(" == 02:00:00:00:00:01");
      case filter::Type::text: return std::string(" contains e");
      case filter::Type::bytes: return std::string(" contains 00");
      case filter::Type::duration: return std::string(" > 1s");
      case filter::Type::word: return " == " + std::string(field.words.front());
      case filter::Type::tcpdump: return std::string(":\"udp or arp\"");
      case filter::Type::boolean: break;
    }
    return std::string();
  };
  for (const filter::FieldInfo& field : filter::fields(filter::Subject::packets)) {
    // Sums over payloads were judged when the packet was whole; what came of it is among the anomalies.
    const bool of_payload = field.name.ends_with("checksum_state") && field.name != "ipv4.checksum_state";
    if (of_payload) continue;
    const std::string text = std::string(field.name) + asks(field);
    filter::FrameMatch live(filter_of(text));
    const auto stored = filter::RecordFilter::compile(filter::Subject::packets, text).value();
    for (const FrameBytes& bytes : frames) {
      Frame frame;
      frame.bytes = bytes;
      frame.original_length = static_cast<std::uint32_t>(bytes.size());
      const auto packet = wire::decode(frame.bytes, frame.original_length, wire::LinkType::ethernet);
      const auto record = packet_record_of(frame, packet, wire::LinkType::ethernet, "eth0");
      EXPECT_EQ(stored.matches(record), live.matches(asked_frame(frame, wire::LinkType::ethernet, "eth0"), packet))
          << text << " of frame " << (&bytes - frames.data());
    }
  }
}

// The filter says what becomes records; the recorder keeps all that may explain an outage, but not holter's own talk.
TEST(Pipeline, TheRecorderKeepsWhatTheFilterRefusesAndNotWhatHolterSays) {
  const auto layout = recorder::layout_of({.bytes = 1 << 20, .reserve = 256 << 10});
  ASSERT_TRUE(layout);
  std::vector<std::uint64_t> memory(layout->words());
  const auto start = base::PacketTime::from_nanoseconds(kWall.in_nanoseconds());
  const auto ring = recorder::Ring::make(memory, *layout, Duration::seconds(60), start);
  PipelineOptions options;
  options.filter.keep = *filter::PacketFilter::compile("udp.dst_port == 7");
  options.recorder = ring;
  Bed bed(std::move(options));
  bed.pipeline.exclusions().set({.listening = {{kB4, 4'280}}});
  bed.process({bed.frame(wire::test::udp_frame({kA4, 1}, {kB4, 7}, "kept")),
               bed.frame(wire::test::udp_frame({kA4, 1}, {kB4, 9}, "refused")), own_frame(bed)});
  std::uint64_t recorded = 0;
  for (const auto share : recorder::kShares) recorded += ring.figures(share, start).frames;
  EXPECT_EQ(recorded, 2u);
}

}  // namespace
}  // namespace holter::capture
