#include "wire/link/cdp.h"

#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/test_fields.h"

namespace holter::wire {
namespace {

using test::FrameBytes;

struct Tlv {
  std::uint16_t type;
  std::vector<std::uint8_t> value;
};

std::vector<std::uint8_t> text(std::string_view words) { return {words.begin(), words.end()}; }

FrameBytes frame_of(base::ByteWriter message) {
  base::ByteWriter inside;
  for (const std::uint8_t byte : {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00}) inside.u8(byte);
  inside.bytes(message.view());
  return test::ethernet(static_cast<std::uint16_t>(inside.size()), inside.view());
}

// Of even length, with a right checksum.
FrameBytes frame_of(std::initializer_list<Tlv> tlvs) {
  base::ByteWriter out;
  out.u8(2);
  out.u8(180);
  out.u16(0);
  for (const Tlv& tlv : tlvs) {
    out.u16(tlv.type);
    out.u16(static_cast<std::uint16_t>(tlv.value.size() + 4));
    out.bytes(tlv.value);
  }
  EXPECT_EQ(out.size() % 2, 0u) << "a message of odd length has another sum";
  out.patch_u16(2, internet_checksum(out.view()));
  return frame_of(std::move(out));
}

std::string listed(std::initializer_list<Tlv> tlvs) {
  const std::string all = test::listed(frame_of(tlvs), Protocol::cdp);
  return all.substr(all.find('['));
}

TEST(Cdp, WhatDevicesSay) {
  EXPECT_EQ(listed({{1, text("router")}, {3, text("Eth0")}, {4, {0, 0, 0, 9}}, {5, text("v1.0")}, {6, text("model1")}}),
            "[tlv type=1 length=10 device_id=\"router\"] [tlv type=3 length=8 port_id=\"Eth0\"] "
            "[tlv type=4 length=8 capabilities=9] [tlv type=5 length=8 software=\"v1.0\"] "
            "[tlv type=6 length=10 platform=\"model1\"]");
  EXPECT_EQ(
      listed({{9, text("home")}, {10, {0, 5}}, {11, {1}}, {14, {1, 0, 9}}, {16, {0x18, 0x9c}}, {17, {0, 0, 5, 220}}}),
      "[tlv type=9 length=8 vtp_domain=\"home\"] [tlv type=10 length=6 native_vlan=5] "
      "[tlv type=11 length=5 full_duplex=yes] [tlv type=14 length=7 voice_vlan=9] "
      "[tlv type=16 length=6 power_consumption=6300] [tlv type=17 length=8 mtu=1500]");
  EXPECT_EQ(listed({{18, {1}}, {19, {3}}, {20, text("name")}, {21, {6, 1}}, {23, text("\x01rack")}, {99, {7}}}),
            "[tlv type=18 length=5 trust=1] [tlv type=19 length=5 untrusted_cos=3] "
            "[tlv type=20 length=8 system_name=\"name\"] [tlv type=21 length=6 object_id=0601] "
            "[tlv type=23 length=9 location=\"rack\"] [tlv type=99 length=5 value=07]");
}

TEST(Cdp, AddressesPrefixesAndPower) {
  EXPECT_EQ(listed({{2, {0, 0, 0,    2,    1, 1, 0xcc, 0, 4,    192,  0, 2,  1,                   // NLPID, IPv4
                         2, 8, 0xaa, 0xaa, 3, 0, 0,    0, 0x86, 0xdd, 0, 16, 0x20, 1, 0xd, 0xb8,  // SNAP, IPv6
                         0, 0, 0,    0,    0, 0, 0,    0, 0,    0,    0, 7}},
                    {22, {0, 0, 0, 1, 1, 1, 0xcc, 0, 4, 192, 0, 2, 9}}}),
            "[tlv type=2 length=45 address_count=2 address=192.0.2.1 address=2001:db8::7] "
            "[tlv type=22 length=17 address_count=1 address=192.0.2.9]");
  EXPECT_EQ(listed({{7, {192, 0, 2, 254}}, {7, {192, 0, 2, 0, 24, 198, 51, 100, 0, 25}}}),
            "[tlv type=7 length=8 gateway=192.0.2.254] [tlv type=7 length=14 [prefix address=192.0.2.0 length=24] "
            "[prefix address=198.51.100.0 length=25]]");
  EXPECT_EQ(listed({{25, {0, 1, 0, 2, 0, 0, 0x3a, 0x98}}, {26, {0, 1, 0, 2, 0, 0, 0x3a, 0x98, 0, 0, 0, 1}}}),
            "[tlv type=25 length=12 request_id=1 management_id=2 power_requested=15000] "
            "[tlv type=26 length=16 request_id=1 management_id=2 power_available=15000 power_available=1]");
}

TEST(Cdp, ChecksumsGoodAndBad) {
  FrameBytes frame = frame_of({{1, text("router")}});
  EXPECT_TRUE(test::listed(frame, Protocol::cdp).find("checksum_state=good") != std::string::npos);
  EXPECT_EQ(test::decode_whole(frame).network_checksum, ChecksumState::good);
  test::expect_stands_cutting(frame);
  frame.back() ^= 1;
  EXPECT_TRUE(test::decode_whole(frame).has(Anomaly::bad_network_checksum));
  const Packet cut = decode(Bytes(frame).first(30), static_cast<std::uint32_t>(frame.size()), LinkType::ethernet);
  EXPECT_EQ(cut.network_checksum, ChecksumState::unverified);
}

// The sums worked out by hand: 02b4 + 0001 + 0005 + the last byte as a word of its own, with its sign.
TEST(Cdp, TheLastByteOfAnOddMessageIsASignedNumber) {
  const auto message = [](std::uint8_t last, std::uint16_t sum) {
    return std::array<std::uint8_t, 9>{
        2, 180, static_cast<std::uint8_t>(sum >> 8), static_cast<std::uint8_t>(sum), 0, 1, 0, 5, last};
  };
  EXPECT_TRUE(cdp_checksum_good(message(0x41, 0xfd04)));   // ~(02ba + 0041)
  EXPECT_FALSE(cdp_checksum_good(message(0x41, 0xbc45)));  // ~(02ba + 4100) is RFC 1071's
  EXPECT_TRUE(cdp_checksum_good(message(0xc1, 0xfd84)));   // ~(02ba + ffc0 + carry)
}

TEST(Cdp, LengthsThatLieAreBadOptions) {
  for (const std::uint8_t length : {0, 3, 200}) {
    FrameBytes frame = frame_of({{1, text("router")}});
    frame[14 + 8 + 4 + 3] = length;
    EXPECT_TRUE(test::decode_whole(frame).has(Anomaly::bad_option));
  }
  EXPECT_TRUE(test::decode_whole(frame_of({{4, {1, 2}}})).has(Anomaly::bad_option));
}

}  // namespace
}  // namespace holter::wire
