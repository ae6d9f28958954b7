#include "probe/trace/table.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"

namespace holter::probe {
namespace {

using base::Duration;
using base::IpAddress;
using Kind = TraceReading::Kind;

const base::Endpoint kTarget{IpAddress::v4({192, 0, 2, 9}), 33'434};
const IpAddress kOwn = IpAddress::v4({192, 0, 2, 77});
const IpAddress kRouter = IpAddress::v4({192, 0, 2, 1});
constexpr base::Instant kSent = base::Instant::from_nanoseconds(1'000'000);
constexpr Duration kNoStep = Duration::zero();

struct Lab {
  explicit Lab(TraceProtocol protocol) : table(protocol, {kOwn, 61'000}, 42) {}

  std::vector<std::uint8_t> ask(std::uint32_t ask, base::Endpoint to = kTarget) {
    auto packet = table.begin({7, ask}, to, 0, 0);
    table.sent(packet->number, ask, kSent, kNoStep);
    numbers.push_back(packet->number);
    return packet->bytes;
  }
  std::optional<TraceReading> read(const env::Arrival& arrival) { return table.read(arrival, kNoStep); }

  TraceTable table;
  std::vector<std::uint32_t> numbers;
};

env::Arrival error(std::vector<std::uint8_t> quoted, std::uint8_t type = 11, std::uint8_t code = 0) {
  env::Arrival arrival;
  arrival.kind = env::Arrival::Kind::error;
  arrival.peer = kTarget;
  arrival.data = std::move(quoted);
  arrival.icmp_type = type;
  arrival.icmp_code = code;
  arrival.offender = kRouter;
  arrival.received_at = kSent + Duration::milliseconds(3);
  return arrival;
}

TEST(TraceTable, KnowsTheQuestionOfAnError) {
  for (const auto protocol : {TraceProtocol::udp, TraceProtocol::icmp}) {
    Lab lab(protocol);
    lab.ask(0);
    auto quoted = lab.ask(1);
    quoted.resize(60);  // routers add padding
    const auto reading = lab.read(error(quoted));
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->owner.who, 7);
    EXPECT_EQ(reading->owner.ask, 1);
    EXPECT_EQ(reading->kind, Kind::passing);
    EXPECT_EQ(reading->from, kRouter);
    EXPECT_EQ(reading->rtt, Duration::milliseconds(3));
    EXPECT_FALSE(reading->kernel_stamped);
    lab.table.end(lab.numbers[1]);
    EXPECT_FALSE(lab.read(error(quoted)));
    EXPECT_EQ(lab.table.out(), 1);
  }
}

TEST(TraceTable, TellsWhatAnErrorMeans) {
  Lab lab(TraceProtocol::udp);
  const auto quoted = lab.ask(0);
  EXPECT_EQ(lab.read(error(quoted, 3, 0))->kind, Kind::unreachable);
  auto too_big = error(quoted, 3, 4);
  too_big.mtu = 1'400;
  EXPECT_EQ(lab.read(too_big)->kind, Kind::too_big);
  EXPECT_EQ(lab.read(too_big)->mtu, 1'400);
  auto closed = error(quoted, 3, 3);
  closed.offender = kTarget.address;
  EXPECT_EQ(lab.read(closed)->kind, Kind::target);
}

TEST(TraceTable, ForgedAnswersAreNone) {
  for (const auto protocol : {TraceProtocol::udp, TraceProtocol::icmp}) {
    Lab lab(protocol);
    const auto quoted = lab.ask(0);
    auto forged = quoted;
    forged[forged.size() - 10] ^= 1;  // of the secret
    EXPECT_FALSE(lab.read(error(forged)));
    auto elsewhere = error(quoted);
    elsewhere.peer.address = kRouter;
    EXPECT_FALSE(lab.read(elsewhere));
    EXPECT_FALSE(lab.read(error({1, 2, 3, 4, 5, 6})));
  }
}

TEST(TraceTable, ARouterThatQuotesLittleIsBelievedWhenOneQuestionIsOut) {
  Lab udp(TraceProtocol::udp);
  udp.ask(0);
  EXPECT_TRUE(udp.read(error({})));
  udp.ask(1);
  EXPECT_FALSE(udp.read(error({})));
  Lab icmp(TraceProtocol::icmp);
  icmp.ask(0);
  auto quoted = icmp.ask(1);
  quoted.resize(8);
  EXPECT_EQ(icmp.read(error(quoted))->owner.ask, 1) << "the sequence is quoted always";
  quoted.resize(108);
  EXPECT_EQ(icmp.read(error(quoted))->owner.ask, 1) << "zeros before an extension";
}

TEST(TraceTable, TheTargetsOwnAnswerReachesIt) {
  Lab udp(TraceProtocol::udp);
  udp.ask(0);
  env::Arrival reply;
  reply.peer = kTarget;
  reply.data = {'h', 'i', '!', '?', '?', 1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(udp.read(reply)->kind, Kind::target);
  Lab icmp(TraceProtocol::icmp);
  reply.data = icmp.ask(0);
  reply.data[0] = 0;
  EXPECT_EQ(icmp.read(reply)->kind, Kind::target);
  reply.data[14] ^= 1;
  EXPECT_FALSE(icmp.read(reply)) << "not the secret";
}

// A segment from the target's port to the first own one.
env::Arrival segment(std::uint32_t acknowledges, std::uint8_t flags, std::uint16_t from = kTarget.port) {
  base::ByteWriter out;
  out.u16(from);
  out.u16(61'000);
  out.u32(0x1234'5678);
  out.u32(acknowledges);
  out.u8(0x50);
  out.u8(flags);
  out.zeros(6);
  env::Arrival arrival;
  arrival.peer = {kTarget.address, 0};
  arrival.data = out.take();
  return arrival;
}

TEST(TraceTable, KnowsTheQuestionOfASegment) {
  Lab lab(TraceProtocol::tcp);
  lab.ask(0);
  auto quoted = lab.ask(1);
  quoted.resize(8);  // the least that a router quotes
  auto passing = error(quoted);
  passing.peer.port = 0;
  ASSERT_TRUE(lab.read(passing));
  EXPECT_EQ(lab.read(passing)->owner.ask, 1);
  EXPECT_EQ(lab.read(passing)->port, TracePort::unknown);
  passing.data.resize(7);
  EXPECT_FALSE(lab.read(passing));

  constexpr std::uint8_t kSynAck = 0x12;
  constexpr std::uint8_t kResetAck = 0x14;
  const std::uint32_t sequence = lab.numbers[1];
  const auto open = lab.read(segment(sequence + 1, kSynAck));
  ASSERT_TRUE(open);
  EXPECT_EQ(open->kind, Kind::target);
  EXPECT_EQ(open->owner.ask, 1);
  EXPECT_EQ(open->port, TracePort::open);
  EXPECT_EQ(lab.read(segment(sequence + 1, kResetAck))->port, TracePort::closed);
  EXPECT_FALSE(lab.read(segment(sequence, kSynAck))) << "acknowledges something else";
  EXPECT_FALSE(lab.read(segment(sequence + 1, 0x02))) << "acknowledges nothing";
  EXPECT_FALSE(lab.read(segment(sequence + 1, kSynAck, 81))) << "from another port";
  auto elsewhere = segment(sequence + 1, kSynAck);
  elsewhere.peer.address = kRouter;
  EXPECT_FALSE(lab.read(elsewhere));
  auto refused = error(quoted, 3, 13);
  refused.peer.port = 0;
  refused.offender = kTarget.address;
  EXPECT_EQ(lab.read(refused)->port, TracePort::filtered);
}

TEST(TraceTable, NobodyGuessesTheNextSequenceNumber) {
  Lab lab(TraceProtocol::tcp);
  for (std::uint32_t i = 0; i < 100; ++i) lab.ask(i);
  for (std::size_t i = 1; i < lab.numbers.size(); ++i) {
    EXPECT_GT(lab.numbers[i] - lab.numbers[i - 1], 1'000U);
    EXPECT_GT(lab.numbers[i - 1] - lab.numbers[i], 1'000U);
  }
}

TEST(TraceTable, StampsOfTheKernelAreTheRoundTrip) {
  Lab lab(TraceProtocol::udp);
  const auto quoted = lab.ask(5);
  env::Arrival departed;
  departed.kind = env::Arrival::Kind::transmitted;
  departed.send_number = 5;
  departed.stamp = base::PacketTime::from_nanoseconds(10'000);
  EXPECT_FALSE(lab.read(departed));
  auto answer = error(quoted);
  answer.stamp = base::PacketTime::from_nanoseconds(2'510'000);
  const auto reading = lab.read(answer);
  EXPECT_TRUE(reading->kernel_stamped);
  EXPECT_EQ(reading->rtt, Duration::microseconds(2'500));
  EXPECT_EQ(lab.table.read(answer, Duration::seconds(1))->rtt, Duration::milliseconds(3)) << "the clock was stepped";
}

TEST(TraceTable, HasALimit) {
  TraceTable table(TraceProtocol::icmp, {kOwn, 0}, 1);
  for (std::size_t i = 0; i < TraceTable::kMaxOut; ++i) ASSERT_TRUE(table.begin({}, kTarget, 0, 0));
  EXPECT_TRUE(table.is_full());
  EXPECT_FALSE(table.begin({}, kTarget, 0, 0));
}

}  // namespace
}  // namespace holter::probe
