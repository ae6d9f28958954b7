#include "capture/flow_watch.h"

#include <gtest/gtest.h>

#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using wire::test::FrameBytes;

constexpr std::int64_t kSecond = 1'000'000'000;

FrameBytes frame_to(std::uint16_t port, const std::string& payload) {
  return wire::test::udp_frame({wire::test::kA4, 1}, {wire::test::kB4, port}, payload);
}

void give(FlowWatch& watch, const FrameBytes& bytes, int count, std::int64_t at) {
  env::Frame frame;
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  frame.captured_at = base::PacketTime::from_nanoseconds(at);
  const std::vector<env::Frame> frames(static_cast<std::size_t>(count), frame);
  watch.take(0, frames);
}

TEST(FlowWatch, ShowsWhoMovesMostSinceTheLastLook) {
  std::vector<record::FlowRecord> ended;
  FlowWatch watch({{"eth0", wire::LinkType::ethernet}}, 1, [&](std::span<const record::FlowRecord> flows) {
    ended.insert(ended.end(), flows.begin(), flows.end());
  });
  const FrameBytes small = frame_to(53, "x");
  const FrameBytes large = frame_to(54, std::string(1'000, 'x'));
  constexpr std::int64_t kNow = 1'000 * kSecond;
  EXPECT_TRUE(watch.busiest(10, base::WallTime::from_nanoseconds(kNow)).empty());
  give(watch, small, 10, kNow + 1);
  give(watch, large, 4, kNow + 2);
  auto busiest = watch.busiest(10, base::WallTime::from_nanoseconds(kNow + 2 * kSecond));
  ASSERT_EQ(busiest.size(), 2u);
  EXPECT_EQ(busiest[0].flow.responder_port, 54);
  EXPECT_DOUBLE_EQ(busiest[0].packets_per_second, 2);
  EXPECT_DOUBLE_EQ(busiest[0].bytes_per_second, 2.0 * static_cast<double>(large.size()));
  EXPECT_DOUBLE_EQ(busiest[1].packets_per_second, 5);
  give(watch, small, 1, kNow + 2 * kSecond);
  busiest = watch.busiest(10, base::WallTime::from_nanoseconds(kNow + 3 * kSecond));
  ASSERT_EQ(busiest.size(), 1u) << "who is silent is left out";
  EXPECT_EQ(busiest[0].flow.responder_port, 53);
  EXPECT_EQ(busiest[0].flow.initiator_packets, 11u);
  give(watch, small, 1, kNow + 3 * kSecond);
  give(watch, large, 1, kNow + 3 * kSecond);
  EXPECT_EQ(watch.busiest(1, base::WallTime::from_nanoseconds(kNow + 4 * kSecond)).size(), 1u);
  EXPECT_EQ(watch.held(), 2u);
  EXPECT_TRUE(ended.empty());
  watch.finish({});
  EXPECT_EQ(ended.size(), 2u);
  EXPECT_EQ(watch.held(), 0u);
}

}  // namespace
}  // namespace holter::capture
