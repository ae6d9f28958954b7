#include "compat/heartbeat_voice.h"

#include <gtest/gtest.h>

#include "wire/transport/tcp.h"

namespace holter::compat {
namespace {

using base::IpAddress;
using Heard = HeartbeatVoice::Heard;

const base::Endpoint kOwn{IpAddress::v4({192, 0, 2, 1}), 40'000};
const base::Endpoint kHub{IpAddress::v4({192, 0, 2, 2}), kHeartbeatPort};
const base::Endpoint kAsked{kOwn.address, kPulsePort};
const base::Endpoint kAsking{kHub.address, 17'665};

Heard hear(const HeartbeatSegment& segment) { return HeartbeatVoice(kOwn, kHub, kPulsePort).hear(segment); }

TEST(HeartbeatVoice, KeepsItsPortAndCountsOn) {
  HeartbeatVoice voice(kOwn, kHub, kPulsePort);
  EXPECT_EQ(voice.say("hello"), message_packets(kOwn, kHub, 1, "hello"));
  EXPECT_EQ(voice.say("again"), message_packets(kOwn, kHub, 4, "again"));
}

TEST(HeartbeatVoice, HearsTheResetOfItsHub) {
  EXPECT_EQ(hear({kHub, kOwn, 0, 2, wire::kTcpRst | wire::kTcpAck, {}}), Heard::reset);
  EXPECT_EQ(hear({kHub, kOwn, 0, 2, wire::kTcpSyn | wire::kTcpAck, {}}), Heard::nothing);
  EXPECT_EQ(hear({kHub, {kOwn.address, 40'001}, 0, 2, wire::kTcpRst, {}}), Heard::nothing) << "of somebody else";
  EXPECT_EQ(hear({kAsking, kOwn, 0, 2, wire::kTcpRst, {}}), Heard::nothing);
}

TEST(HeartbeatVoice, HearsThePulseOfItsHubAlone) {
  EXPECT_EQ(hear({kAsking, kAsked, 2, 1, wire::kTcpAck, "MSG_HEARTBEAT"}), Heard::pulse);
  EXPECT_EQ(hear({kAsking, kAsked, 2, 1, wire::kTcpAck, "PULSE"}), Heard::pulse);
  EXPECT_EQ(hear({kAsking, kAsked, 0, 0, wire::kTcpSyn, {}}), Heard::nothing);
  EXPECT_EQ(hear({kAsking, kAsked, 1, 1, wire::kTcpAck, {}}), Heard::nothing);
  EXPECT_EQ(hear({kAsking, kAsked, 2, 1, wire::kTcpAck | wire::kTcpPsh, "MSG_HEARTBEAT"}), Heard::nothing);
  const base::Endpoint stranger{IpAddress::v4({192, 0, 2, 9}), 17'665};
  EXPECT_EQ(hear({stranger, kAsked, 2, 1, wire::kTcpAck, "MSG_HEARTBEAT"}), Heard::nothing);
  const base::Endpoint elsewhere{IpAddress::v4({192, 0, 2, 9}), kPulsePort};
  EXPECT_EQ(hear({kAsking, elsewhere, 2, 1, wire::kTcpAck, "MSG_HEARTBEAT"}), Heard::nothing);
}

}  // namespace
}  // namespace holter::compat
