#include "probe/icmp/table.h"

#include <gtest/gtest.h>

#include <set>

namespace holter::probe {
namespace {

const base::IpAddress kTarget = base::IpAddress::v4({192, 0, 2, 1});
const base::IpAddress kOther = base::IpAddress::v4({192, 0, 2, 2});
constexpr auto at(std::int64_t ns) { return base::Instant::from_nanoseconds(ns); }
constexpr auto stamp(std::int64_t ns) { return base::PacketTime::from_nanoseconds(ns); }

constexpr EchoTable::Owner kOwner{5, 2};

TEST(EchoTable, MatchesAReplyAndTheStampOfItsRequest) {
  EchoTable table(42, 7);
  const auto request = table.begin(kTarget, kOwner).value();
  EXPECT_EQ(request.ids.id, 7);
  table.sent(request.serial, 3, at(1'000));
  table.on_transmitted(3, stamp(5'000));
  const auto heard = table.on_reply(kTarget, table.mark(request.serial), at(2'000), stamp(5'900)).value();
  EXPECT_EQ(heard.owner, kOwner);
  EXPECT_FALSE(heard.again);
  EXPECT_EQ(heard.trip.received_at - heard.trip.sent_at, base::Duration::nanoseconds(1'000));
  EXPECT_EQ(*heard.trip.received_stamp - *heard.trip.sent_stamp, base::Duration::nanoseconds(900));
}

TEST(EchoTable, RefusesForgedForeignCutAndRepeatedReplies) {
  EchoTable table(42, 7);
  EchoTable foreign(43, 7);
  const auto request = table.begin(kTarget, kOwner).value();
  table.sent(request.serial, 0, at(0));
  const auto mark = table.mark(request.serial);
  const auto other = foreign.begin(kTarget, kOwner).value();
  EXPECT_FALSE(table.on_reply(kTarget, foreign.mark(other.serial), at(1), {}).has_value());
  EXPECT_FALSE(table.on_reply(kTarget, table.mark(request.serial + 1), at(1), {}).has_value());
  EXPECT_FALSE(table.on_reply(kOther, mark, at(1), {}).has_value());
  EXPECT_FALSE(table.on_reply(kTarget, base::Bytes(mark).first(15), at(1), {}).has_value());
  EXPECT_TRUE(table.on_reply(kTarget, mark, at(1), {}).has_value());
  const auto again = table.on_reply(kTarget, mark, at(2), {}).value();
  EXPECT_TRUE(again.again);
  EXPECT_EQ(again.trip.received_at, at(1)) << "the first answer stays";
}

TEST(EchoTable, BelievesErrorsThatQuoteWhatWasSent) {
  EchoTable table(42, 7);
  const auto request = table.begin(kTarget, kOwner).value();
  const auto mark = table.mark(request.serial);
  EXPECT_EQ(table.on_error(kTarget, request.ids, {}), kOwner) << "a router may quote eight bytes alone";
  EXPECT_EQ(table.on_error(kTarget, request.ids, mark), kOwner);
  EXPECT_FALSE(table.on_error(kOther, request.ids, mark)) << "it went elsewhere";
  EXPECT_FALSE(table.on_error(kTarget, {8, request.ids.sequence}, {}));
  EXPECT_TRUE(table.on_error(kTarget, {8, request.ids.sequence}, mark)) << "the kernel owns a ping socket's identifier";
  auto forged = mark;
  forged[0] ^= 1;
  EXPECT_FALSE(table.on_error(kTarget, request.ids, forged)) << "another secret";
  EXPECT_FALSE(table.on_error(kTarget, request.ids, base::Bytes(forged).first(8))) << "another secret";
}

TEST(EchoTable, ForgetsWhatEnded) {
  EchoTable table(42, 7);
  const auto request = table.begin(kTarget, kOwner).value();
  table.sent(request.serial, 9, at(0));
  EXPECT_EQ(table.on_error(kTarget, request.ids, {}), kOwner);
  table.end(request.serial);
  EXPECT_EQ(table.out(), 0u);
  EXPECT_FALSE(table.owner_of(request.serial));
  EXPECT_FALSE(table.on_error(kTarget, request.ids, {}).has_value());
  EXPECT_FALSE(table.on_reply(kTarget, table.mark(request.serial), at(1), {}).has_value());
  table.on_transmitted(9, stamp(1));
}

TEST(EchoTable, APlaceIsUsedAgainLateAndUnderAnotherSerial) {
  EchoTable table(42, 7);
  std::set<std::uint16_t> recent;
  std::set<EchoTable::Serial> all;
  for (int i = 0; i < 5'000; ++i) {
    const auto request = table.begin(kTarget, kOwner).value();
    EXPECT_TRUE(all.insert(request.serial).second);
    if (i < 200) EXPECT_TRUE(recent.insert(request.ids.sequence).second);
    table.end(request.serial);
  }
}

TEST(EchoTable, SequenceNumbersAreNoCeilingButTheTableIsBounded) {
  EchoTable table(42, 0xffff);
  std::set<EchoIds> seen;
  EchoTable::Request last;
  for (std::size_t i = 0; i < kMaxEchoes; ++i) {
    last = table.begin(kTarget, kOwner).value();
    ASSERT_TRUE(seen.insert(last.ids).second);
  }
  EXPECT_FALSE(table.begin(kTarget, kOwner).has_value());
  EXPECT_EQ(table.on_error(kTarget, last.ids, {}), kOwner);
  table.end(last.serial);
  EXPECT_TRUE(table.begin(kTarget, kOwner).has_value());
}

TEST(RoundTrip, TakesKernelStampsOnlyWhileBothClocksAgree) {
  RoundTrip trip{at(1'000'000), at(3'000'000), stamp(1'500'000), stamp(2'500'000)};
  auto result = succeeded({}, trip);
  EXPECT_TRUE(result.kernel_stamped);
  EXPECT_EQ(result.rtt, base::Duration::nanoseconds(1'000'000));
  trip.received_stamp = stamp(3'600'000'000'000);  // the wall clock was set an hour forward in between
  result = succeeded({}, trip);
  EXPECT_FALSE(result.kernel_stamped);
  EXPECT_EQ(result.rtt, base::Duration::nanoseconds(2'000'000));
}

}  // namespace
}  // namespace holter::probe
