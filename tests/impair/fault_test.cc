#include "tests/impair/fault.h"

#include <gmock/gmock.h>

#include "base/seed_test.h"
#include "tests/impair/test_frames.h"

namespace holter::impair {
namespace {

using testing::HasSubstr;

constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kAck = 0x10;

bool concerns(std::string_view subject, const FrameBytes& frame, Direction towards = Direction::a_to_b) {
  const auto fault = Fault::parse(std::string(subject) + " lose 1");
  EXPECT_TRUE(fault) << subject;
  return fault->concerns(towards, facts_of(frame));
}

TEST(Fault, IsAboutTheFramesItNames) {
  const auto solicitation = ipv6(58, {135, 0, 0, 0});
  const auto echo6 = ipv6(58, {128, 0, 0, 0});
  const auto unreachable = ipv4(1, {3, 3, 0, 0});
  EXPECT_TRUE(concerns("any", arp_frame()));
  EXPECT_TRUE(concerns("", arp_frame()));
  EXPECT_FALSE(concerns("ip", arp_frame()));
  EXPECT_FALSE(concerns("ip", solicitation));
  EXPECT_TRUE(concerns("ip", udp_frame(1, 2)));
  EXPECT_TRUE(concerns("icmp", unreachable));
  EXPECT_TRUE(concerns("icmp", echo6));
  EXPECT_FALSE(concerns("icmp", solicitation));
  EXPECT_TRUE(concerns("echo", echo_frame()));
  EXPECT_TRUE(concerns("echo", echo6));
  EXPECT_FALSE(concerns("echo", unreachable));
  EXPECT_TRUE(concerns("udp", udp_frame(1, 2)));
  EXPECT_FALSE(concerns("tcp", udp_frame(1, 2)));
}

TEST(Fault, IsAboutOnePortWhicheverEndHasIt) {
  EXPECT_TRUE(concerns("udp port 53", udp_frame(4000, 53)));
  EXPECT_TRUE(concerns("udp port 53", udp_frame(53, 4000)));
  EXPECT_FALSE(concerns("udp port 53", udp_frame(4000, 54)));
  EXPECT_FALSE(concerns("udp port 53", ipv4(17, {0})));
}

TEST(Fault, TellsTheSegmentsOfAConnectionApart) {
  EXPECT_TRUE(concerns("tcp syn", tcp_frame(1, 80, kSyn, 0)));
  EXPECT_TRUE(concerns("tcp syn", tcp_frame(80, 1, kSyn | kAck, 0)));
  EXPECT_FALSE(concerns("tcp syn", tcp_frame(1, 80, kAck, 0)));
  EXPECT_TRUE(concerns("tcp data", tcp_frame(1, 80, kAck, 5)));
  EXPECT_FALSE(concerns("tcp data", tcp_frame(1, 80, kAck, 0)));
}

TEST(Fault, IsReadWhole) {
  const auto fault =
      Fault::parse("b>a udp port 53 lose 10% runs 3 double 1 hold 2 20ms corrupt 3 delay 5ms jitter 1ms");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->direction, Direction::b_to_a);
  EXPECT_EQ(fault->port, 53);
  EXPECT_EQ(fault->lost_in_a_row, 3U);
  EXPECT_EQ(fault->held, base::Duration::milliseconds(20));
  EXPECT_EQ(fault->delay, base::Duration::milliseconds(5));
  EXPECT_EQ(fault->jitter, base::Duration::milliseconds(1));
}

TEST(Fault, WhatIsWrongIsSaid) {
  for (const auto& [line, words] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", "ends with what happens"},
           {"echo", "ends with what happens"},
           {"echo drop 1", "'drop' is no effect"},
           {"echo lose", "'' chooses no frames"},
           {"echo lose 0", "'0' chooses no frames"},
           {"echo lose 3-1", "'3-1' chooses no frames"},
           {"echo lose 101%", "'101%' chooses no frames"},
           {"echo lose 1,x", "'1,x' chooses no frames"},
           {"echo lose 1 runs 0", "'0' is no number"},
           {"echo delay 5", "'5' is no time"},
           {"echo hold 1", "'' is no time"},
           {"udp port 70000 lose 1", "'70000' is no number from 1 to 65535"}}) {
    const auto fault = Fault::parse(line);
    ASSERT_FALSE(fault) << line;
    EXPECT_THAT(fault.error().message, HasSubstr(words));
  }
}

TEST(FrameFacts, NoFrameIsTooStrange) {
  auto random = base::seeded_random();
  for (int i = 0; i < 20'000; ++i) {
    auto frame = i % 2 == 0 ? tcp_frame(1, 2, kSyn, 9) : ipv6(58, {128, 0, 0, 0});
    frame.resize(base::below(random, frame.size() + 1));
    if (!frame.empty()) frame[base::below(random, frame.size())] = static_cast<std::uint8_t>(random());
    const auto facts = facts_of(frame);
    EXPECT_LE(facts.transport_at, frame.size());
  }
}

}  // namespace
}  // namespace holter::impair
