// What flows take from the heap: nothing for a packet, and no more than promised for a million conversations.
#include <gtest/gtest.h>

#include <iostream>

#include "base/allocation_count_test.h"
#include "flow/flow_table.h"
#include "flow/test_bed.h"

namespace holter::flow {
namespace {

using base::Duration;
using record::FlowRecord;
using test::Bed;
using test::kFar;
using test::kNear;
using test::kStart;
using test::tcp;

TEST(FlowMemory, AKnownConversationTakesNothingFromTheHeap) {
  if (!base::test::kAllocationsAreCounted) GTEST_SKIP() << "ThreadSanitizer replaces operator new itself";
  Bed bed;
  bed.handshake();
  std::vector<wire::Packet> packets(64, tcp(kNear, kFar, wire::kTcpAck, "data"));
  std::vector<base::PacketTime> times(packets.size(), kStart + Duration::seconds(2));
  bed.see(packets[0], Duration::seconds(1));
  bed.see(packets[0], Duration::seconds(1));  // sent again: what the flow has of the rare is there from here on
  const std::uint64_t before = base::test::allocations;
  for (int i = 0; i < 1'000; ++i) bed.see(packets[0], Duration::milliseconds(1'000 + i));
  bed.table.observe_batch(packets, times, bed.out);
  EXPECT_EQ(base::test::allocations, before);
}

// The same segment between the i-th pair of hosts.
void move_to(wire::Packet& packet, std::uint32_t i) {
  packet.source = {10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                   static_cast<std::uint8_t>(i)};
}

// Everything counts: the index while it grows, the slots, the lists, and trouble in every single conversation.
TEST(FlowMemory, AMillionConversationsFitIn256MiB) {
  if (!base::test::kAllocationsAreCounted) GTEST_SKIP() << "ThreadSanitizer replaces operator new itself";
  const auto before = base::test::bytes_held.load();
  base::test::most_bytes_held = before;
  FlowTable table({"", kMostFlows, 7, Duration::zero()});
  std::vector<FlowRecord> out;
  wire::Packet packet = tcp(kNear, kFar, wire::kTcpAck, "data");
  for (const std::uint32_t sequence : {1'000U, 9'000U}) {
    packet.tcp_sequence = sequence;
    for (std::uint32_t i = 0; i < kMostFlows; ++i) {
      move_to(packet, i);
      table.observe(packet, kStart, out);
    }
  }
  EXPECT_EQ(table.size(), kMostFlows);
  EXPECT_TRUE(out.empty());
  const auto most = base::test::most_bytes_held.load() - before;
  std::cout << most / kMostFlows << " bytes a conversation\n";
  EXPECT_LE(most, std::int64_t{256} * 1024 * 1024);
  EXPECT_GT(table.top(1).at(0).tcp[0].missing_bytes, 0u);

  move_to(packet, kMostFlows);
  table.observe(packet, kStart, out);
  EXPECT_EQ(table.counters().evicted, 1u);
  EXPECT_EQ(table.size(), kMostFlows);
}

}  // namespace
}  // namespace holter::flow
