#include "compat/heartbeat_hub.h"

#include <gmock/gmock.h>

#include "heartbeat/session_table.h"
#include "wire/transport/tcp.h"

namespace holter::compat {
namespace {

using base::Duration;
using base::IpAddress;
using heartbeat::Sign;
using record::SessionState;

const base::Endpoint kClient{IpAddress::v4({192, 0, 2, 1}), 40'000};
const base::Endpoint kOwn{IpAddress::v4({192, 0, 2, 2}), kHeartbeatPort};

HeartbeatSegment segment(std::uint8_t flags, std::string_view text = {}) { return {kClient, kOwn, 7, 1, flags, text}; }

heartbeat::Moment at(double seconds) {
  const auto ns = static_cast<std::int64_t>(seconds * 1e9);
  return {base::Instant::from_nanoseconds(ns), base::WallTime::from_nanoseconds(ns)};
}

// A hub with the table that it speaks to, as the ancestor's server with a timeout of 4 s and two pulses.
class HeartbeatHubTest : public testing::Test {
 protected:
  static heartbeat::SessionTableOptions table_options() {
    heartbeat::SessionTableOptions options;
    options.limit = 4;
    options.segments = heartbeat::DetectorOptions{2, kPulseSpacing, Duration::seconds(4)};
    return options;
  }
  std::vector<SessionState> hear(double seconds, const HeartbeatSegment& said) {
    heartbeat::Outcome out;
    const auto heard = hub_.hear(said);
    if (heard) table_.on_sign(heard->name, heard->sign, heard->path, at(seconds), out);
    return states(out);
  }
  heartbeat::Outcome run(double until) {
    heartbeat::Outcome out;
    for (auto next = table_.next_deadline(); next && *next <= at(until).instant; next = table_.next_deadline()) {
      table_.advance({*next, at(0).wall}, out);
    }
    return out;
  }
  static std::vector<SessionState> states(const heartbeat::Outcome& out) {
    std::vector<SessionState> all;
    for (const auto& record : out.records) {
      if (const auto* change = std::get_if<record::PulseChange>(&record)) all.push_back(change->to);
    }
    return all;
  }

  HeartbeatHub hub_{kHeartbeatPort, kPulsePort};
  heartbeat::SessionTable table_{table_options(), base::Instant()};
};

using States = std::vector<SessionState>;
using S = SessionState;

TEST_F(HeartbeatHubTest, AMessageOpensSaysAndTerminates) {
  EXPECT_EQ(hear(0, segment(wire::kTcpSyn)), States{S::up});
  EXPECT_EQ(hear(0, segment(wire::kTcpAck)), States{});
  EXPECT_EQ(hear(0, segment(wire::kTcpAck, "Whats up Doc?")), States{});
  const auto session = table_.snapshot(at(0)).at(0);
  EXPECT_EQ(session.name.raw(), "192.0.2.1");
  EXPECT_EQ(session.way, record::Way::segment);
  EXPECT_EQ(session.authentication, record::Authentication::none);
  EXPECT_EQ(session.last_message->text.raw(), "Whats up Doc?");
  EXPECT_EQ(hear(1, segment(wire::kTcpAck, "I TERMINATE now")), States{S::admin_down});
  EXPECT_EQ(table_.snapshot(at(0)).at(0).messages, 1U);
  EXPECT_EQ(hear(2, segment(wire::kTcpSyn)), States{S::up});
}

TEST_F(HeartbeatHubTest, AVanishedClientIsAskedExactlyNTimes) {
  hear(0, segment(wire::kTcpSyn));
  hear(1, segment(wire::kTcpAck, "hello"));
  const auto out = run(60);
  EXPECT_EQ(states(out), (States{S::pulsing, S::pulsing, S::down}));
  ASSERT_EQ(out.replies.size(), 2U);
  const auto& gave_up = std::get<record::PulseChange>(out.records.back());
  EXPECT_EQ(gave_up.silent_for, Duration::seconds(4) + kPulseSpacing * 2);
}

TEST_F(HeartbeatHubTest, AnAnswerKeepsTheSessionAndIsNoMessage) {
  hear(0, segment(wire::kTcpSyn));
  EXPECT_EQ(states(run(4)), States{S::pulsing});
  EXPECT_EQ(hear(4.5, segment(wire::kTcpSyn)), States{}) << "the SYN before an answer says nothing yet";
  EXPECT_EQ(hear(4.6, segment(wire::kTcpAck, kHeartbeatText)), States{S::up});
  EXPECT_EQ(table_.snapshot(at(5)).at(0).messages, 0U);
  EXPECT_EQ(states(run(8.5)), States{});
}

TEST_F(HeartbeatHubTest, ALoneSynIsAskedAndGivenUp) {
  EXPECT_EQ(hear(0, segment(wire::kTcpSyn)), States{S::up});
  EXPECT_EQ(states(run(60)), (States{S::pulsing, S::pulsing, S::down}));
}

TEST_F(HeartbeatHubTest, APulseGoesBackFromWhereTheClientSpokeTo) {
  hear(0, segment(wire::kTcpSyn));
  const auto out = run(4);
  ASSERT_EQ(out.replies.size(), 1U);
  const IpAddress other = IpAddress::v4({198, 51, 100, 1});
  const base::Endpoint asked{kClient.address, kPulsePort};
  EXPECT_EQ(hub_.pulse(out.replies[0], other, 50'000),
            message_packets({kOwn.address, 50'000}, asked, 0, "MSG_HEARTBEAT"));
  heartbeat::Reply restored = out.replies[0];
  restored.path.via = 0;
  EXPECT_EQ(hub_.pulse(restored, other, 50'000), message_packets({other, 50'000}, asked, 0, "MSG_HEARTBEAT"));
}

TEST_F(HeartbeatHubTest, WhatSaysNothingIsCounted) {
  for (const unsigned flags : {0x00U, 0x01U, 0x04U, 0x12U, 0x14U, 0x18U, 0x29U, 0xffU}) {
    EXPECT_FALSE(hub_.hear(segment(static_cast<std::uint8_t>(flags), "hello")));
  }
  HeartbeatSegment elsewhere = segment(wire::kTcpAck, "hello");
  elsewhere.to.port = kPulsePort;
  EXPECT_FALSE(hub_.hear(elsewhere)) << "its own pulses";
  EXPECT_EQ(hub_.counters().ignored, 8U);
  EXPECT_EQ(hub_.counters().heard, 0U);
}

TEST_F(HeartbeatHubTest, AFloodOfAddressesIsLimited) {
  HeartbeatSegment spoofed = segment(wire::kTcpSyn);
  for (std::uint32_t i = 0; i < kMaxClients; ++i) {
    spoofed.from.address = IpAddress::v4(0x0a000000 + i);
    EXPECT_TRUE(hub_.hear(spoofed));
  }
  EXPECT_FALSE(hub_.hear(segment(wire::kTcpSyn))) << "one more";
  EXPECT_TRUE(hub_.hear(spoofed)) << "who is in stays in";
  spoofed.from.address = IpAddress::loopback(IpAddress::Family::v4);
  EXPECT_TRUE(hub_.hear(spoofed));
  EXPECT_EQ(hub_.counters().refused, 1U);
}

TEST_F(HeartbeatHubTest, ALongTextIsCut) {
  const std::string text(60'000, 'x');
  const auto heard = hub_.hear(segment(wire::kTcpAck, text));
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->sign.text.size(), kMaxTextBytes);
  EXPECT_EQ(hub_.counters().cut, 1U);
}

TEST_F(HeartbeatHubTest, OnLoopbackTheAddressIsProofEnough) {
  HeartbeatSegment own = segment(wire::kTcpSyn);
  own.from.address = IpAddress::loopback(IpAddress::Family::v4);
  EXPECT_EQ(hub_.hear(own)->sign.authentication, record::Authentication::loopback);
}

}  // namespace
}  // namespace holter::compat
