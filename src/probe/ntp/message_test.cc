#include "probe/ntp/message.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using base::Duration;
using base::WallTime;

constexpr std::int64_t kSecond = 1'000'000'000;

WallTime at(std::int64_t seconds) { return WallTime::from_nanoseconds(seconds * kSecond); }

// RFC 5905, figure 8: leap 1, version 4, mode 4, stratum 2; root delay 1.5 s, dispersion 0.25 s, 192.0.2.9.
std::vector<std::uint8_t> reply_bytes() {
  std::vector<std::uint8_t> bytes = {0x64, 2, 6, 0xec, 0, 1, 0x80, 0, 0, 0, 0x40, 0, 192, 0, 2, 9};
  for (int i = 0; i < 8; ++i) bytes.push_back(0);
  for (const std::uint8_t first : {0x11, 0x22, 0x33}) bytes.insert(bytes.end(), {first, 2, 3, 4, 5, 6, 7, 8});
  return bytes;
}

// One that answers at `there` of its own clock, at once.
NtpReply reply_at(WallTime there) {
  NtpReply reply;
  reply.stratum = 2;
  reply.received = reply.sent = ntp_time(there);
  return reply;
}

NtpReply unsynchronised_as(const char (&id)[5]) {
  NtpReply reply;
  for (std::size_t i = 0; i < 4; ++i) reply.reference_id.at(i) = static_cast<std::uint8_t>(id[i]);
  return reply;
}

void expect_about(Duration found, Duration expected) {
  EXPECT_LE((found - expected).in_nanoseconds(), 2) << to_string(found) << " beside " << to_string(expected);
  EXPECT_GE((found - expected).in_nanoseconds(), -2) << to_string(found) << " beside " << to_string(expected);
}

TEST(NtpMessage, AQuestionIsAClientsHeaderWithTheMarkAsItsTime) {
  const auto bytes = ntp_question(4, {0x0102030405060708});
  ASSERT_EQ(bytes.size(), 48U);
  EXPECT_EQ(bytes[0], 0x23);
  EXPECT_EQ(std::vector(bytes.end() - 8, bytes.end()), (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_TRUE(std::all_of(bytes.begin() + 1, bytes.end() - 8, [](auto byte) { return byte == 0; }));
  EXPECT_EQ(ntp_question(3, {1})[0], 0x1b);
}

TEST(NtpMessage, AReplyIsReadAsTheRfcDrawsIt) {
  const auto reply = parse_ntp_reply(reply_bytes());
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->leap, NtpLeap::insert);
  EXPECT_EQ(reply->version, 4);
  EXPECT_EQ(reply->stratum, 2);
  EXPECT_EQ(reply->root_delay, Duration::milliseconds(1'500));
  EXPECT_EQ(reply->root_dispersion, Duration::milliseconds(250));
  EXPECT_EQ(reference_of(*reply), "192.0.2.9");
  EXPECT_EQ(reply->origin.units, 0x1102030405060708U);
  EXPECT_EQ(reply->received.units, 0x2202030405060708U);
  EXPECT_EQ(reply->sent.units, 0x3302030405060708U);
}

TEST(NtpMessage, AnAuthenticatedReplyIsReadWithoutItsTail) {
  auto bytes = reply_bytes();
  bytes.resize(68);
  EXPECT_TRUE(parse_ntp_reply(bytes).has_value());
}

TEST(NtpMessage, PiecesQuestionsAndOtherVersionsAreNoReplies) {
  const auto whole = reply_bytes();
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(parse_ntp_reply(base::Bytes(whole).first(n))) << n;
  for (const int mode : {0, 1, 2, 3, 5, 6, 7}) {
    auto bytes = whole;
    bytes[0] = static_cast<std::uint8_t>(0x20 | mode);
    EXPECT_FALSE(parse_ntp_reply(bytes)) << mode;
  }
  for (const int version : {0, 5, 6, 7}) {
    auto bytes = whole;
    bytes[0] = static_cast<std::uint8_t>(version << 3 | 4);
    EXPECT_FALSE(parse_ntp_reply(bytes)) << version;
  }
}

TEST(NtpMessage, OffsetAndDelayAreThoseOfTheRfc) {
  // Sent at 100.0, received there at 102.6, answered at 102.8, arrived at 100.4: 2.5 s ahead, 0.2 s of network.
  NtpReply reply;
  reply.received = ntp_time(at(100) + Duration::milliseconds(2'600));
  reply.sent = ntp_time(at(100) + Duration::milliseconds(2'800));
  const WallTime arrived = at(100) + Duration::milliseconds(400);
  const auto reading = read_clock(reply, arrived, Duration::milliseconds(400));
  expect_about(reading.offset, Duration::milliseconds(2'500));
  expect_about(reading.delay, Duration::milliseconds(200));
  expect_about(reading.time - arrived, Duration::milliseconds(2'500));
}

TEST(NtpMessage, AClockThatIsBehindHasANegativeOffset) {
  const auto reading = read_clock(reply_at(at(1'000'000)), at(1'000'060), Duration::zero());
  expect_about(reading.offset, Duration::seconds(-60));
}

// 2036-02-07T06:28:16Z, where the seconds of NTP begin anew.
TEST(NtpMessage, TheEndOfTheEraIsNoStep) {
  constexpr std::int64_t kEnd = (1LL << 32) - 2'208'988'800;
  EXPECT_EQ(ntp_time(at(kEnd)).units, 0U);
  EXPECT_EQ(to_string(at(kEnd)), "2036-02-07T06:28:16.000Z");
  for (const std::int64_t ours : {kEnd - 10, kEnd + 10}) {
    for (const std::int64_t theirs : {kEnd - 10, kEnd - 1, kEnd, kEnd + 1, kEnd + 10}) {
      const auto reading = read_clock(reply_at(at(theirs)), at(ours), Duration::zero());
      expect_about(reading.offset, Duration::seconds(theirs - ours));
      expect_about(reading.time - at(theirs), Duration::zero());
    }
  }
}

TEST(NtpMessage, AHostWithoutAClockSeesHowFarItIsBehind) {
  const auto reading = read_clock(reply_at(at(2'000'000'000)), at(5), Duration::zero());
  expect_about(reading.offset, Duration::seconds(1'999'999'995));
}

TEST(NtpMessage, AKissHasACodeAndWords) {
  EXPECT_EQ(kiss_of(unsynchronised_as("RATE")), "RATE");
  EXPECT_EQ(kiss_words("RATE"), "asked too often");
  EXPECT_EQ(kiss_of(unsynchronised_as("XHLT")), "XHLT");
  EXPECT_EQ(kiss_words("XHLT"), "");
  EXPECT_EQ(kiss_of(unsynchronised_as("\0\0\0\0")), "");
  EXPECT_EQ(kiss_of(unsynchronised_as("A\x1b[m")), "");
  NtpReply clock = unsynchronised_as("GPS\0");
  clock.stratum = 1;
  EXPECT_EQ(kiss_of(clock), "");
  EXPECT_EQ(reference_of(clock), "GPS");
}

TEST(NtpMessage, StratumAndLeapSayWhoFollowsNone) {
  NtpReply reply = reply_at(at(1));
  EXPECT_TRUE(is_synchronised(reply));
  EXPECT_EQ(stratum_of(reply), 2);
  reply.leap = NtpLeap::unsynchronised;
  EXPECT_FALSE(is_synchronised(reply));
  reply.leap = NtpLeap::none;
  for (const int stratum : {0, 16, 17, 255}) {
    reply.stratum = static_cast<std::uint8_t>(stratum);
    EXPECT_FALSE(is_synchronised(reply)) << stratum;
    EXPECT_EQ(stratum_of(reply), 16) << stratum;
  }
}

}  // namespace
}  // namespace holter::probe
