#include "wire/link/lldp.h"

#include <gtest/gtest.h>

#include "wire/test_fields.h"

namespace holter::wire {
namespace {

using test::FrameBytes;

class Message {
 public:
  Message& tlv(std::uint8_t type, Bytes value) {
    out_.u16(static_cast<std::uint16_t>(type << 9 | value.size()));
    out_.bytes(value);
    return *this;
  }
  Message& tlv(std::uint8_t type, std::initializer_list<std::uint8_t> value) {
    return tlv(type, Bytes(value.begin(), value.size()));
  }
  Message& tlv(std::uint8_t type, std::uint8_t subtype, std::string_view text) {
    std::vector<std::uint8_t> value{subtype};
    value.insert(value.end(), text.begin(), text.end());
    return tlv(type, value);
  }
  FrameBytes frame() const { return test::ethernet(kEthertypeLldp, out_.view()); }
  std::string listed() const { return test::listed(frame(), Protocol::lldp); }

 private:
  base::ByteWriter out_;
};

TEST(Lldp, WhatEverySenderSays) {
  Message message;
  message.tlv(1, {4, 2, 0, 0, 0, 0, 9}).tlv(2, 5, "ge-0/0/1").tlv(3, {0, 120}).tlv(4, test::bytes_of("uplink"));
  message.tlv(5, test::bytes_of("switch")).tlv(6, test::bytes_of("a switch")).tlv(7, {0, 0x14, 0, 4}).tlv(0, {});
  EXPECT_EQ(message.listed(),
            "lldp [tlv type=1 length=7 chassis_subtype=4 chassis_mac=020000000009] "
            "[tlv type=2 length=9 port_subtype=5 port_id=\"ge-0/0/1\"] [tlv type=3 length=2 ttl=120] "
            "[tlv type=4 length=6 port_description=\"uplink\"] [tlv type=5 length=6 system_name=\"switch\"] "
            "[tlv type=6 length=8 system_description=\"a switch\"] "
            "[tlv type=7 length=4 capabilities=20 enabled_capabilities=4] [tlv type=0 length=0]");
  test::expect_stands_cutting(message.frame());
}

TEST(Lldp, OtherNamesOfChassisAndPort) {
  Message message;
  message.tlv(1, {5, 1, 192, 0, 2, 1}).tlv(2, {3, 2, 0, 0, 0, 0, 8}).tlv(1, 7, "local").tlv(2, {4, 9, 1, 2});
  EXPECT_EQ(message.listed(),
            "lldp [tlv type=1 length=6 chassis_subtype=5 chassis_address=192.0.2.1] "
            "[tlv type=2 length=7 port_subtype=3 port_mac=020000000008] "
            "[tlv type=1 length=6 chassis_subtype=7 chassis_id=\"local\"] "
            "[tlv type=2 length=4 port_subtype=4 port_id=\"\t\x01\x02\"]");
}

TEST(Lldp, ManagementAddresses) {
  Message message;
  message.tlv(8, {5, 1, 192, 0, 2, 1, 2, 0, 0, 0, 3, 2, 43, 6}).tlv(8, {7, 6, 2, 0, 0, 0, 0, 7, 1, 0, 0, 0, 0, 0});
  message.tlv(8, {3, 9, 1, 2, 2, 0, 0, 0, 4, 0}).tlv(8, {200, 1, 1, 1, 1, 1, 1, 1, 1});
  EXPECT_EQ(message.listed(),
            "lldp [tlv type=8 length=14 management_subtype=1 management_address=192.0.2.1 interface_subtype=2 "
            "interface_number=3 object_id=2b06] [tlv type=8 length=14 management_subtype=6 "
            "management_mac=020000000007 interface_subtype=1 interface_number=0] [tlv type=8 length=10 "
            "management_subtype=9 management_bytes=0102 interface_subtype=2 interface_number=4] "
            "[tlv type=8 length=9]");
}

TEST(Lldp, OrganisationsOf8021) {
  Message message;
  const auto add = [&](std::initializer_list<std::uint8_t> value) {
    std::vector<std::uint8_t> all{0x00, 0x80, 0xc2};
    all.insert(all.end(), value);
    message.tlv(127, all);
  };
  add({1, 0, 5});
  add({2, 6, 0, 6});
  add({3, 0, 7, 3, 'l', 'a', 'n'});
  add({4, 2, 0x88, 0xcc});
  add({7, 3, 0, 0, 0, 9});
  EXPECT_EQ(message.listed(),
            "lldp [tlv type=127 length=6 oui=32962 subtype=1 pvid=5] "
            "[tlv type=127 length=7 oui=32962 subtype=2 protocol_vlan_flags=6 protocol_vlan=6] "
            "[tlv type=127 length=10 oui=32962 subtype=3 vlan_id=7 vlan_name=\"lan\"] "
            "[tlv type=127 length=7 oui=32962 subtype=4 protocol_identity=88cc] "
            "[tlv type=127 length=9 oui=32962 subtype=7 aggregation_status=3 aggregated_port=9]");
}

TEST(Lldp, OrganisationsOf8023AndOthers) {
  Message message;
  message.tlv(127, {0x00, 0x12, 0x0f, 1, 3, 0x6c, 0x01, 0, 30}).tlv(127, {0x00, 0x12, 0x0f, 2, 7, 1, 5});
  message.tlv(127, {0x00, 0x12, 0x0f, 2, 7, 1, 5, 0x52, 0, 130, 0, 100});
  message.tlv(127, {0x00, 0x12, 0x0f, 3, 1, 0, 0, 0, 0}).tlv(127, {0x00, 0x12, 0x0f, 4, 5, 0xee});
  message.tlv(127, {0x00, 0x12, 0xbb, 1, 0, 0x33, 4}).tlv(99, {1, 2});
  EXPECT_EQ(message.listed(),
            "lldp [tlv type=127 length=9 oui=4623 subtype=1 autonegotiation=3 advertised=27649 mau_type=30] "
            "[tlv type=127 length=7 oui=4623 subtype=2 power_support=7 power_pair=1 power_class=5] "
            "[tlv type=127 length=12 oui=4623 subtype=2 power_support=7 power_pair=1 power_class=5 power_type=1 "
            "power_source=1 power_priority=2 power_requested=130 power_allocated=100] "
            "[tlv type=127 length=9 oui=4623 subtype=3 aggregation_status=1 aggregated_port=0] "
            "[tlv type=127 length=6 oui=4623 subtype=4 max_frame=1518] "
            "[tlv type=127 length=7 oui=4795 subtype=1 value=003304] [tlv type=99 length=2 value=0102]");
}

TEST(Lldp, LiesAreBadOptionsAndPaddingIsNone) {
  Message message;
  message.tlv(3, {0, 120}).tlv(0, {});
  FrameBytes frame = message.frame();
  frame.resize(60, 0xee);
  const Packet padded = test::decode_whole(frame);
  EXPECT_EQ(padded.anomalies, 0u);
  EXPECT_EQ(padded.payload_length, 0u);
  frame[15] = 200;  // the time to live's length
  EXPECT_TRUE(test::decode_whole(frame).has(Anomaly::bad_option));
  EXPECT_TRUE(test::decode_whole(Message().tlv(3, {1}).frame()).has(Anomaly::bad_option));
  EXPECT_TRUE(test::decode_whole(Message().tlv(127, {0, 1}).frame()).has(Anomaly::bad_option));
}

}  // namespace
}  // namespace holter::wire
