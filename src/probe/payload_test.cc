#include "probe/payload.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using namespace std::string_literals;

class SeededRandom final : public env::Random {
 public:
  void fill(std::span<std::uint8_t> into) override {
    for (auto& byte : into) byte = static_cast<std::uint8_t>(state_ = state_ * 167 + 13);
  }

 private:
  std::uint32_t state_ = 1;
};

std::string text_of(std::string_view text) {
  const auto payload = parse_payload(text);
  return payload ? std::get<std::string>(*payload) : payload.error().message;
}

std::string message(std::string_view named) {
  SeededRandom random;
  return payload_bytes(parse_payload(named).value(), "[2001:db8::1]:5060", random);
}

TEST(Payload, IsATextWithItsEscapes) {
  EXPECT_EQ(text_of("hello"), "hello");
  EXPECT_EQ(text_of(""), "");
  EXPECT_EQ(text_of(R"(a\r\n\t\0\\\x7fb)"), "a\r\n\t\0\\\x7f"s + "b");
  for (const char* const bad : {R"(\)", R"(a\q)", R"(\x)", R"(\x1)", R"(\xg1)"}) {
    EXPECT_EQ(text_of(bad), R"(holds a backslash before something else than r n t 0 \ or xNN)") << bad;
  }
}

TEST(Payload, IsBytesInHex) {
  EXPECT_EQ(text_of("hex:00fF A1"), "\x00\xff\xa1"s);
  EXPECT_EQ(text_of("hex:"), "");
  for (const char* const bad : {"hex:0", "hex:0 0", "hex:zz", "hex:00,ff"}) {
    EXPECT_EQ(text_of(bad), "holds something else behind hex: than bytes of two digits, as hex:00ff") << bad;
  }
}

TEST(Payload, HasNames) {
  EXPECT_EQ(parse_payload("named:ssh").error().message, "names none of dns, ntp, snmp, sip and quic");
  EXPECT_EQ(usual_payload(53), NamedPayload::dns);
  EXPECT_EQ(usual_payload(443), NamedPayload::quic);
  EXPECT_FALSE(usual_payload(7));
}

TEST(Payload, OfDnsAsksForTheRoot) {
  const std::string bytes = message("named:dns");
  EXPECT_EQ(bytes.size(), 17U);
  EXPECT_EQ(bytes.substr(2), "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"s);
}

TEST(Payload, OfNtpIsAClientsOfVersion4) {
  const std::string bytes = message("named:ntp");
  EXPECT_EQ(bytes.size(), 48U);
  EXPECT_EQ(bytes[0], 0x23);
  EXPECT_EQ(bytes.find_first_not_of('\0', 1), 40U);
}

TEST(Payload, OfSnmpHasTheLengthsThatItClaims) {
  const std::string bytes = message("named:snmp");
  ASSERT_EQ(bytes.size(), 64U);
  EXPECT_EQ(static_cast<std::size_t>(bytes[1]), bytes.size() - 2);
  EXPECT_EQ(bytes.substr(5, 4), "\x30\x11\x02\x04"s);
  EXPECT_EQ(bytes.substr(24, 3), "\x04\x10\x30"s);
  EXPECT_EQ(bytes.substr(42, 2), "\x30\x14"s);
  EXPECT_EQ(bytes.substr(48, 4), "\xa0\x0e\x02\x04"s);
}

TEST(Payload, OfSipNamesTheTarget) {
  const std::string bytes = message("named:sip");
  EXPECT_TRUE(bytes.starts_with("OPTIONS sip:[2001:db8::1]:5060 SIP/2.0\r\nVia: SIP/2.0/UDP ")) << bytes;
  EXPECT_TRUE(bytes.ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

TEST(Payload, OfQuicIsLongEnoughForAnAnswer) {
  const std::string bytes = message("named:quic");
  EXPECT_EQ(bytes.size(), 1'200U);
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]) & 0xc0, 0xc0);
  EXPECT_EQ(bytes.substr(1, 5), "\x1a\x2a\x3a\x4a\x08"s);
}

TEST(Payload, IsToldInFewWords) {
  const auto told = [](std::string_view text) {
    SeededRandom random;
    const auto payload = parse_payload(text).value();
    return payload_text(payload, payload_bytes(payload, "a:1", random));
  };
  EXPECT_EQ(told("named:quic"), "quic, 1200 bytes");
  EXPECT_EQ(told("hello"), "hello");
  EXPECT_EQ(told(""), "an empty datagram");
}

TEST(Payload, AReplyIsToldByItsFirstLine) {
  EXPECT_EQ(reply_text(""), "an empty reply");
  EXPECT_EQ(reply_text("x"), R"(1 byte "x")");
  EXPECT_EQ(reply_text("pong\r\n"), R"(6 bytes "pong")");
  EXPECT_EQ(reply_text("a\nb"), R"(3 bytes "a"...)");
  EXPECT_EQ(reply_text(std::string(101, 'a')), "101 bytes \"" + std::string(100, 'a') + "\"...");
}

}  // namespace
}  // namespace holter::probe
