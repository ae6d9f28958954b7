#include "heartbeat/witness_echo.h"

#include <gtest/gtest.h>

#include "wire/checksum.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using Family = base::IpAddress::Family;

constexpr std::uint64_t kSecret = 0x0102030405060708;
const base::Instant kSent = base::Instant::from_nanoseconds(0x1112131415161718);
const base::Instant kReceived = kSent + Duration::milliseconds(3);

// What a host that was asked sends back (RFC 792, RFC 4443): the request with another type.
std::vector<std::uint8_t> reply_to(Family family) {
  auto bytes = WitnessEcho{family, kSecret, 0xabcd, 7}.request(kSent);
  bytes[0] = family == Family::v4 ? 0 : 129;
  return bytes;
}

TEST(WitnessEcho, ARequestIsAnEchoWithASecretAndAMoment) {
  const auto v4 = WitnessEcho{Family::v4, kSecret, 0xabcd, 7}.request(kSent);
  ASSERT_EQ(v4.size(), 24U);
  EXPECT_EQ(v4[0], 8);
  EXPECT_EQ(v4[1], 0);
  EXPECT_EQ(wire::internet_checksum(v4), 0) << "the checksum over a whole message is zero";
  EXPECT_EQ(std::vector(v4.begin() + 4, v4.end()),
            (std::vector<std::uint8_t>{0xab, 0xcd, 0,    7,    1,    2,    3,    4,    5,    6,
                                       7,    8,    0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18}));
  const auto v6 = WitnessEcho{Family::v6, kSecret, 0xabcd, 7}.request(kSent);
  EXPECT_EQ(v6[0], 128);
  EXPECT_EQ(v6[2] + v6[3], 0) << "the kernel's to fill in";
  EXPECT_EQ(std::vector(v6.begin() + 4, v6.end()), std::vector(v4.begin() + 4, v4.end()));
}

TEST(WitnessEcho, ItsReplyTellsTheRoundTrip) {
  for (const Family family : {Family::v4, Family::v6}) {
    EXPECT_EQ(witness_rtt(family, kSecret, reply_to(family), kReceived), Duration::milliseconds(3));
    EXPECT_EQ(witness_rtt(family, kSecret, reply_to(family), kSent), Duration::zero());
  }
}

TEST(WitnessEcho, NothingElseIsAReply) {
  const auto reply = reply_to(Family::v4);
  EXPECT_FALSE(witness_rtt(Family::v6, kSecret, reply, kReceived)) << "of the other family";
  EXPECT_FALSE(witness_rtt(Family::v4, kSecret + 1, reply, kReceived)) << "somebody else's";
  EXPECT_FALSE(witness_rtt(Family::v4, kSecret, reply, kSent - Duration::nanoseconds(1))) << "from the future";
  const auto own = WitnessEcho{Family::v4, kSecret, 0xabcd, 7}.request(kSent);
  EXPECT_FALSE(witness_rtt(Family::v4, kSecret, own, kReceived)) << "the request itself, which loopback shows too";
  for (std::size_t size = 0; size < reply.size(); ++size) {
    EXPECT_FALSE(witness_rtt(Family::v4, kSecret, base::Bytes(reply).first(size), kReceived)) << size;
  }
  auto longer = reply;
  longer.push_back(0);
  EXPECT_TRUE(witness_rtt(Family::v4, kSecret, longer, kReceived));
}

}  // namespace
}  // namespace holter::heartbeat
