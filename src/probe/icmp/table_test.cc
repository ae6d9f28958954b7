#include "probe/icmp/table.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

const base::IpAddress kTarget = base::IpAddress::v4({192, 0, 2, 1});
const base::IpAddress kOther = base::IpAddress::v4({192, 0, 2, 2});
constexpr auto at(std::int64_t ns) { return base::Instant::from_nanoseconds(ns); }
constexpr auto stamp(std::int64_t ns) { return base::PacketTime::from_nanoseconds(ns); }

TEST(EchoTable, MatchesAReplyAndTheStampOfItsRequest) {
  EchoTable table(42);
  const auto request = table.begin(kTarget, 7).value();
  EXPECT_EQ(request.ids.id, 7);
  table.sent(request.serial, 3, at(1'000));
  table.on_transmitted(3, stamp(5'000));
  EXPECT_FALSE(table.round_trip(request.serial).has_value());
  EXPECT_EQ(table.on_reply(kTarget, request.payload, at(2'000), stamp(5'900)),
            (EchoTable::Heard{request.serial, false}));
  const auto trip = table.round_trip(request.serial).value();
  EXPECT_EQ(trip.received_at - trip.sent_at, base::Duration::nanoseconds(1'000));
  EXPECT_EQ(*trip.received_stamp - *trip.sent_stamp, base::Duration::nanoseconds(900));
}

TEST(EchoTable, RefusesForgedForeignCutAndRepeatedReplies) {
  EchoTable table(42);
  EchoTable foreign(43);
  const auto request = table.begin(kTarget, 7).value();
  table.sent(request.serial, 0, at(0));
  const auto other = foreign.begin(kTarget, 7).value();
  EXPECT_FALSE(table.on_reply(kTarget, other.payload, at(1), {}).has_value());
  EXPECT_FALSE(table.on_reply(kOther, request.payload, at(1), {}).has_value());
  EXPECT_FALSE(table.on_reply(kTarget, base::Bytes(request.payload).first(15), at(1), {}).has_value());
  EXPECT_TRUE(table.on_reply(kTarget, request.payload, at(1), {}).has_value());
  EXPECT_EQ(table.on_reply(kTarget, request.payload, at(2), {}), (EchoTable::Heard{request.serial, true}));
  EXPECT_EQ(table.round_trip(request.serial)->received_at, at(1)) << "the first answer stays";
}

TEST(EchoTable, BelievesErrorsThatQuoteWhatWasSent) {
  EchoTable table(42);
  const auto request = table.begin(kTarget, 7).value();
  EXPECT_EQ(table.on_error(kTarget, request.ids, {}), request.serial) << "a router may quote eight bytes alone";
  EXPECT_EQ(table.on_error(kTarget, request.ids, request.payload), request.serial);
  EXPECT_FALSE(table.on_error(kOther, request.ids, request.payload)) << "it went elsewhere";
  EXPECT_FALSE(table.on_error(kTarget, {8, request.ids.sequence}, request.payload));
  auto forged = request.payload;
  forged[0] ^= 1;
  EXPECT_FALSE(table.on_error(kTarget, request.ids, forged)) << "another secret";
}

TEST(EchoTable, ForgetsWhatEnded) {
  EchoTable table(42);
  const auto request = table.begin(kTarget, 7).value();
  table.sent(request.serial, 9, at(0));
  EXPECT_EQ(table.on_error(kTarget, request.ids, {}), request.serial);
  table.end(request.serial);
  EXPECT_EQ(table.out(), 0u);
  EXPECT_FALSE(table.on_error(kTarget, request.ids, {}).has_value());
  EXPECT_FALSE(table.on_reply(kTarget, request.payload, at(1), {}).has_value());
  table.on_transmitted(9, stamp(1));
}

TEST(EchoTable, IsBounded) {
  EchoTable table(42);
  for (std::size_t i = 0; i < kMaxEchoes; ++i) ASSERT_TRUE(table.begin(kTarget, 7).has_value());
  EXPECT_FALSE(table.begin(kTarget, 7).has_value());
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
