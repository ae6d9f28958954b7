#include "probe/icmp/message.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "env/icmp_words.h"
#include "wire/checksum.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;

std::vector<std::uint8_t> echo_request(Family family, EchoIds ids, const std::vector<std::uint8_t>& mark,
                                       std::size_t size) {
  base::ByteWriter out;
  out.u8(0xee);  // what stands before it counts in no checksum
  write_echo_request(out, family, ids, mark, size);
  const auto bytes = out.take();
  return {bytes.begin() + 1, bytes.end()};
}

TEST(EchoMessage, WritesTheRequestOfRfc792) {
  const std::vector<std::uint8_t> mark = {0xab, 0xcd};
  // checksum: ~(0x0800 + 0x1234 + 0x0001 + 0xabcd) = ~0xc602
  EXPECT_EQ(echo_request(Family::v4, {0x1234, 1}, mark, 3),
            (std::vector<std::uint8_t>{8, 0, 0x39, 0xfd, 0x12, 0x34, 0, 1, 0xab, 0xcd, 0}));
  EXPECT_EQ(echo_request(Family::v6, {0x1234, 1}, mark, 3),
            (std::vector<std::uint8_t>{128, 0, 0, 0, 0x12, 0x34, 0, 1, 0xab, 0xcd, 0}));
}

TEST(EchoMessage, ReadsAReplyAndNotItsOwnRequest) {
  const std::vector<std::uint8_t> reply = {0, 0, 0x42, 0xca, 0x12, 0x34, 0, 1, 0xab};
  const auto parsed = parse_echo(Family::v4, reply);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(std::get<EchoReply>(*parsed).payload.size(), 1u);
  EXPECT_FALSE(parse_echo(Family::v4, echo_request(Family::v4, {1, 1}, {}, 0)).has_value());
}

const auto kTarget4 = base::IpAddress::v4({192, 0, 2, 9});
const auto kTarget6 = base::IpAddress::parse("2001:db8::9").value();

std::vector<std::uint8_t> error_quoting(Family family, std::uint8_t type, std::uint8_t code, EchoIds ids,
                                        std::uint32_t mtu = 0) {
  base::ByteWriter out;
  out.u8(type);
  out.u8(code);
  out.zeros(2);
  out.u32(mtu);
  if (family == Family::v4) {
    out.u8(0x46);  // a header with one word of options
    out.zeros(8);
    out.u8(1);
    out.zeros(6);
    out.bytes(kTarget4.bytes());
    out.zeros(4);
  } else {
    out.u8(0x60);
    out.zeros(5);
    out.u8(58);
    out.zeros(17);
    out.bytes(kTarget6.bytes());
  }
  out.bytes(echo_request(family, ids, {}, 0));
  if (family == Family::v4) out.patch_u16(2, wire::internet_checksum(out.view()));
  return out.take();
}

TEST(EchoMessage, FindsTheRequestThatAnErrorQuotes) {
  for (const Family family : {Family::v4, Family::v6}) {
    const auto bytes = error_quoting(family, family == Family::v4 ? 3 : 1, family == Family::v4 ? 1 : 3, {77, 88});
    const auto parsed = parse_echo(family, bytes);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(std::get<EchoError>(*parsed).quoted, (EchoIds{77, 88}));
    EXPECT_EQ(std::get<EchoError>(*parsed).target, family == Family::v4 ? kTarget4 : kTarget6);
    EXPECT_EQ(std::get<EchoError>(*parsed).mtu, 0U);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      EXPECT_FALSE(parse_echo(family, base::Bytes(bytes).first(n)).has_value()) << n;
    }
  }
  EXPECT_EQ(env::icmp_error_words(Family::v4, 3, 1), "host unreachable");
  EXPECT_EQ(env::icmp_error_words(Family::v6, 1, 200), "unreachable");
}

TEST(EchoMessage, WhatCameCorruptedIsNothing) {
  for (auto message : {std::vector<std::uint8_t>{0, 0, 0x42, 0xca, 0x12, 0x34, 0, 1, 0xab},
                       error_quoting(Family::v4, 3, 1, {77, 88})}) {
    ASSERT_TRUE(parse_echo(Family::v4, message));
    for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
      message[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      EXPECT_FALSE(parse_echo(Family::v4, message)) << bit;
      message[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  }
}

TEST(EchoMessage, APortOrProtocolThatIsNotThereRefuses) {
  const auto kind = [](Family family, std::uint8_t type, std::uint8_t code) {
    return std::get<EchoError>(*parse_echo(family, error_quoting(family, type, code, {77, 88}))).kind;
  };
  EXPECT_EQ(kind(Family::v4, 3, 2), base::ErrorKind::refused);
  EXPECT_EQ(kind(Family::v4, 3, 3), base::ErrorKind::refused);
  EXPECT_EQ(kind(Family::v6, 1, 4), base::ErrorKind::refused);
  EXPECT_EQ(kind(Family::v4, 3, 1), base::ErrorKind::unreachable);
  EXPECT_EQ(kind(Family::v4, 11, 3), base::ErrorKind::unreachable);
  EXPECT_EQ(kind(Family::v6, 1, 3), base::ErrorKind::unreachable);
}

TEST(EchoMessage, ReadsWhatFitsThroughANarrowLink) {
  const auto too_long = parse_echo(Family::v4, error_quoting(Family::v4, 3, 4, {77, 88}, 0x5555'0578));
  EXPECT_EQ(std::get<EchoError>(*too_long).mtu, 1'400U) << "the upper half is not the MTU's (RFC 1191)";
  const auto too_big = parse_echo(Family::v6, error_quoting(Family::v6, 2, 0, {77, 88}, 1'280));
  EXPECT_EQ(std::get<EchoError>(*too_big).mtu, 1'280U);
  EXPECT_EQ(std::get<EchoError>(*too_big).meaning, "packet too big");
}

}  // namespace
}  // namespace holter::probe
