#include "flow/tcp_follow.h"

#include <gtest/gtest.h>

#include "flow/test_bed.h"

namespace holter::flow {
namespace {

using base::Duration;
using record::ClosedBy;
using record::FlowRecord;
using record::TcpState;
using test::Bed;
using test::kFar;
using test::kNear;
using wire::kTcpAck;
using wire::kTcpFin;
using wire::kTcpRst;
using wire::kTcpSyn;

// A conversation segment by segment: `near` sends from 1,000, `far` from 5,000, near their wrap when asked.
class Talk {
 public:
  explicit Talk(std::uint32_t near_isn = 1'000, std::uint32_t far_isn = 5'000) : isn_{near_isn, far_isn} {}

  // Numbers are relative: 0 is the SYN, data begins at 1.
  void near(std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledged, std::uint32_t length = 0,
            std::uint16_t window = 1'000) {
    see(0, flags, sequence, acknowledged, length, window);
  }
  void far(std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledged, std::uint32_t length = 0,
           std::uint16_t window = 1'000) {
    see(1, flags, sequence, acknowledged, length, window);
  }
  Talk& after(std::int64_t milliseconds) {
    at_ += Duration::milliseconds(milliseconds);
    return *this;
  }
  void handshake() {
    near(kTcpSyn, 0, 0);
    after(20).far(kTcpSyn | kTcpAck, 0, 1);
    after(5).near(kTcpAck, 1, 1);
  }
  FlowRecord record() const { return bed_.table.top(1).at(0); }
  std::size_t flows() const { return bed_.table.size(); }
  const std::vector<FlowRecord>& ended() const { return bed_.out; }

 private:
  void see(unsigned side, std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledged, std::uint32_t length,
           std::uint16_t window) {
    wire::Packet packet = side == 0 ? test::tcp(kNear, kFar, flags) : test::tcp(kFar, kNear, flags);
    packet.tcp_sequence = isn_[side] + sequence;
    packet.tcp_acknowledgment = (flags & kTcpAck) != 0 ? isn_[1 - side] + acknowledged : 0;
    packet.payload_length = length;
    packet.original_length += length;
    packet.tcp_window = window;
    bed_.see(packet, at_);
  }

  Bed bed_;
  Duration at_ = Duration::zero();
  std::uint32_t isn_[2];
};

TEST(TcpFollow, TheRoundTripsOfTheHandshakeAndWhatHappened) {
  Talk talk;
  talk.handshake();
  talk.after(1).near(kTcpAck, 1, 1, 100);
  talk.after(1).far(kTcpAck, 1, 101, 300);
  talk.after(1).near(kTcpFin | kTcpAck, 101, 301);
  talk.after(1).far(kTcpFin | kTcpAck, 301, 102);
  talk.after(1).near(kTcpAck, 102, 302);
  const FlowRecord flow = talk.record();
  EXPECT_EQ(flow.responder_rtt, Duration::milliseconds(20));
  EXPECT_EQ(flow.initiator_rtt, Duration::milliseconds(5));
  EXPECT_EQ(flow.tcp_state, TcpState::closed);
  EXPECT_EQ(flow.closed_by, ClosedBy::initiator);
  EXPECT_EQ(flow.history, "ShADdFf");
  EXPECT_EQ(flow.initiator_payload_bytes, 100u);
  EXPECT_EQ(flow.responder_payload_bytes, 300u);
  EXPECT_EQ(flow.tcp[0], record::TcpSide());
  EXPECT_EQ(flow.tcp[1], record::TcpSide());
}

TEST(TcpFollow, HowFarItCame) {
  Talk talk;
  talk.near(kTcpSyn, 0, 0);
  EXPECT_EQ(talk.record().tcp_state, TcpState::syn_sent);
  talk.after(1).far(kTcpSyn | kTcpAck, 0, 1);
  EXPECT_EQ(talk.record().tcp_state, TcpState::syn_received);
  talk.after(1).near(kTcpAck, 1, 1);
  EXPECT_EQ(talk.record().tcp_state, TcpState::established);
  talk.after(1).far(kTcpFin | kTcpAck, 1, 1);
  EXPECT_EQ(talk.record().tcp_state, TcpState::half_closed);
  EXPECT_EQ(talk.record().closed_by, ClosedBy::responder);
  talk.after(1).near(kTcpRst, 1, 0);
  EXPECT_EQ(talk.record().tcp_state, TcpState::reset);
  EXPECT_EQ(talk.record().closed_by, ClosedBy::initiator) << "the RST ended it";

  Talk middle;
  middle.near(kTcpAck, 70, 80, 10);
  EXPECT_EQ(middle.record().tcp_state, TcpState::established);
}

TEST(TcpFollow, FinsThatCrossCloseBoth) {
  Talk talk;
  talk.handshake();
  talk.after(1).near(kTcpFin | kTcpAck, 1, 1);
  talk.after(1).far(kTcpFin | kTcpAck, 1, 1);
  EXPECT_EQ(talk.record().closed_by, ClosedBy::both);
}

TEST(TcpFollow, WhatIsSentAgain) {
  Talk talk;
  talk.handshake();
  talk.after(1).near(kTcpAck, 1, 1, 100);
  talk.after(1).near(kTcpAck, 101, 1, 100);
  talk.after(300).near(kTcpAck, 101, 1, 100);  // no answer came
  EXPECT_EQ(talk.record().tcp[0].retransmissions, 1u);
  talk.after(1).far(kTcpAck, 1, 201);
  talk.after(1).near(kTcpAck, 1, 1, 100);  // it was acknowledged
  EXPECT_EQ(talk.record().tcp[0].retransmissions, 2u);
  EXPECT_EQ(talk.record().tcp[0].spurious_retransmissions, 1u);
  EXPECT_EQ(talk.record().tcp[1], record::TcpSide());
  EXPECT_EQ(talk.record().history, "ShADTa");
}

TEST(TcpFollow, WhatWasOvertakenIsNotSentAgain) {
  Talk talk;
  talk.handshake();  // 25 ms
  talk.after(1).near(kTcpAck, 1, 1, 100);
  talk.after(1).near(kTcpAck, 201, 1, 100);
  EXPECT_EQ(talk.record().tcp[0].missing_bytes, 100u);
  talk.after(1).near(kTcpAck, 101, 1, 100);
  EXPECT_EQ(talk.record().tcp[0].out_of_order, 1u);
  EXPECT_EQ(talk.record().tcp[0].retransmissions, 0u);
  EXPECT_EQ(talk.record().tcp[0].missing_bytes, 0u);

  talk.after(1).near(kTcpAck, 401, 1, 100);
  talk.after(30).near(kTcpAck, 301, 1, 100);  // longer than a round trip after the one behind it
  EXPECT_EQ(talk.record().tcp[0].out_of_order, 1u);
  EXPECT_EQ(talk.record().tcp[0].retransmissions, 1u);
}

TEST(TcpFollow, WhatDuplicateAcknowledgmentsAskedForIsARetransmission) {
  Talk talk;
  talk.handshake();
  talk.after(1).near(kTcpAck, 1, 1, 100);
  talk.far(kTcpAck, 1, 1);
  talk.after(1).near(kTcpAck, 201, 1, 100);
  talk.far(kTcpAck, 1, 1);
  talk.after(1).near(kTcpAck, 301, 1, 100);
  talk.far(kTcpAck, 1, 1);
  EXPECT_EQ(talk.record().tcp[1].duplicate_acks, 3u) << "the first says again what the SYN's answer said";
  talk.after(1).near(kTcpAck, 1, 1, 100);
  EXPECT_EQ(talk.record().tcp[0].retransmissions, 1u);
  EXPECT_EQ(talk.record().tcp[0].out_of_order, 0u);
}

TEST(TcpFollow, KeepAlivesAreNeitherRetransmissionsNorDuplicates) {
  Talk talk;
  talk.handshake();
  talk.after(1).near(kTcpAck, 1, 1, 100);
  talk.after(1).far(kTcpAck, 1, 101);
  talk.after(60'000).near(kTcpAck, 100, 1, 1);
  talk.after(1).far(kTcpAck, 1, 101);
  talk.after(60'000).near(kTcpAck, 100, 1, 0);
  talk.after(1).far(kTcpAck, 1, 101);
  EXPECT_EQ(talk.record().tcp[0].keep_alives, 2u);
  EXPECT_EQ(talk.record().tcp[0].retransmissions, 0u);
  EXPECT_EQ(talk.record().tcp[1].duplicate_acks, 0u);
}

TEST(TcpFollow, ZeroWindowsAndTheirProbes) {
  Talk talk;
  talk.handshake();
  talk.after(1).near(kTcpAck, 1, 1, 100);
  talk.after(1).far(kTcpAck, 1, 101, 0, 0);
  talk.after(200).near(kTcpAck, 101, 1, 1);  // a probe
  talk.after(1).far(kTcpAck, 1, 101, 0, 0);
  talk.after(99).far(kTcpAck, 1, 101, 0, 500);
  talk.after(1).near(kTcpAck, 101, 1, 50);
  const FlowRecord flow = talk.record();
  EXPECT_EQ(flow.tcp[1].zero_windows, 2u);
  EXPECT_NEAR(flow.tcp[1].zero_window_time.in_seconds(), 0.3, 0.0001);
  EXPECT_EQ(flow.tcp[1].duplicate_acks, 0u);
  EXPECT_EQ(flow.tcp[0].keep_alives, 1u);
  EXPECT_EQ(flow.tcp[0].retransmissions, 0u) << "the octet of the probe comes again with what follows it";
  EXPECT_EQ(flow.tcp[0].missing_bytes, 0u);
}

TEST(TcpFollow, SequenceNumbersWrap) {
  Talk talk(0xffffff80, 0xfffffff0);
  talk.handshake();
  for (std::uint32_t at = 1; at < 1'000; at += 100) {
    talk.after(1).near(kTcpAck, at, 1, 100);
    talk.after(1).far(kTcpAck, 1, at + 100);
  }
  talk.after(1).near(kTcpAck, 1'101, 1, 100);
  const FlowRecord flow = talk.record();
  EXPECT_EQ(flow.tcp[0].missing_bytes, 100u);
  EXPECT_EQ(flow.tcp[0].retransmissions, 0u);
  EXPECT_EQ(flow.tcp[1], record::TcpSide());
}

TEST(TcpFollow, AnotherSynIsAnotherConversation) {
  Talk talk;
  talk.handshake();
  talk.after(1).near(kTcpSyn, 0, 0);
  EXPECT_TRUE(talk.ended().empty()) << "the same SYN once more";
  EXPECT_EQ(talk.record().tcp[0].retransmissions, 1u);
  talk.after(1).near(kTcpSyn, 90'000, 0);
  ASSERT_EQ(talk.ended().size(), 1u);
  EXPECT_EQ(talk.ended()[0].end_reason, record::EndReason::reopened);
  EXPECT_EQ(talk.flows(), 1u);
}

TEST(TcpFollow, AnAnswerSeenBeforeItsSynIsNoOtherConversation) {
  Talk talk;
  talk.far(kTcpSyn | kTcpAck, 0, 1);
  talk.near(kTcpSyn, 0, 0);
  talk.after(1).near(kTcpAck, 1, 1);
  EXPECT_TRUE(talk.ended().empty());
  EXPECT_EQ(talk.record().initiator, "192.0.2.1");
  EXPECT_EQ(talk.record().responder_rtt, std::nullopt);
}

}  // namespace
}  // namespace holter::flow
