// Batches and single packets give the same records.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "base/seed_test.h"
#include "flow/flow_table.h"
#include "flow/test_bed.h"

namespace holter::flow {
namespace {

using base::Duration;
using base::PacketTime;
using record::FlowRecord;

struct Traffic {
  std::vector<wire::Packet> packets;
  std::vector<PacketTime> times;
};

// TCP and UDP of few hosts with numbers that repeat, jump and go back, and a clock that sometimes does.
Traffic random_traffic(std::mt19937_64& random, std::size_t n) {
  constexpr std::array<std::uint8_t, 6> kFlags{wire::kTcpSyn, wire::kTcpSyn | wire::kTcpAck, wire::kTcpAck,
                                               wire::kTcpAck, wire::kTcpFin | wire::kTcpAck, wire::kTcpRst};
  Traffic out;
  PacketTime at = test::kStart;
  for (std::size_t i = 0; i < n; ++i) {
    base::Endpoint a{wire::test::kA4, static_cast<std::uint16_t>(random() % 200)};
    base::Endpoint b{wire::test::kB4, static_cast<std::uint16_t>(random() % 3)};
    if (random() % 2 == 0) std::swap(a, b);
    wire::Packet packet = random() % 3 == 0 ? test::udp(a, b) : test::tcp(a, b, kFlags[random() % kFlags.size()]);
    packet.tcp_sequence = static_cast<std::uint32_t>(random() % 5 * 100);
    packet.tcp_acknowledgment = static_cast<std::uint32_t>(random() % 5 * 100);
    packet.tcp_window = static_cast<std::uint16_t>(random() % 3);
    packet.payload_length = static_cast<std::uint32_t>(random() % 3 * 100);
    const auto step = static_cast<std::int64_t>(random() % 400) - 20;
    at += random() % 2'000 == 0 ? Duration::minutes(-20) : Duration::milliseconds(step);
    if (random() % 5'000 == 0) at += Duration::hours(30);
    out.packets.push_back(packet);
    out.times.push_back(at);
  }
  return out;
}

TEST(FlowBatch, IsTheSameAsOneByOne) {
  std::mt19937_64 random = base::seeded_random();
  const Traffic traffic = random_traffic(random, 30'000);
  for (const Duration interim : {Duration::zero(), kActiveInterval}) {
    FlowTable single({"eth0", 150, 7, interim});
    FlowTable batched({"eth0", 150, 8, interim});
    std::vector<FlowRecord> expected;
    std::vector<FlowRecord> got;
    for (std::size_t i = 0; i < traffic.packets.size(); ++i) {
      single.observe(traffic.packets[i], traffic.times[i], expected);
    }
    for (std::size_t at = 0; at < traffic.packets.size();) {
      const std::size_t n = std::min<std::size_t>(1 + random() % 100, traffic.packets.size() - at);
      batched.observe_batch(std::span(traffic.packets).subspan(at, n), std::span(traffic.times).subspan(at, n), got);
      at += n;
    }
    single.end_all(expected);
    batched.end_all(got);
    EXPECT_GT(expected.size(), 1'000u);
    EXPECT_TRUE(expected == got);
    EXPECT_EQ(single.counters().evicted, batched.counters().evicted);
  }
}

// However often the table is told that time went on, the same conversations come out.
TEST(FlowBatch, WhenSilenceIsNoticedChangesNothing) {
  std::mt19937_64 random = base::seeded_random();
  const Traffic traffic = random_traffic(random, 20'000);
  const auto run = [&](unsigned every) {
    FlowTable table({"eth0", 100'000, 7, Duration::zero()});
    std::vector<FlowRecord> out;
    PacketTime latest = traffic.times[0];
    for (std::size_t i = 0; i < traffic.packets.size(); ++i) {
      table.observe(traffic.packets[i], traffic.times[i], out);
      latest = latest - traffic.times[i] >= kStepBack ? traffic.times[i] : std::max(latest, traffic.times[i]);
      if (every != 0 && i % every == 0) table.advance(latest, out);
    }
    table.end_all(out);
    std::ranges::sort(out, {}, [](const FlowRecord& flow) {
      return std::tuple(flow.first, flow.last, flow.initiator_port, flow.responder_port, flow.ip_protocol,
                        flow.initiator, flow.initiator_packets);
    });
    return out;
  };
  EXPECT_TRUE(run(0) == run(1));
}

}  // namespace
}  // namespace holter::flow
