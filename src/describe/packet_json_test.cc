#include "describe/packet_json.h"

#include <gtest/gtest.h>

#include <string>

namespace holter::describe {
namespace {

using wire::FieldInfo, wire::FieldType, wire::Occurs;

constexpr FieldInfo kFlag{"flag", FieldType::flag, ""};
constexpr FieldInfo kSigned{"signed", FieldType::signed_number, ""};
constexpr FieldInfo kDecimal{"decimal", FieldType::decimal, ""};
constexpr FieldInfo kText{"text", FieldType::text, ""};
constexpr FieldInfo kBytes{"bytes", FieldType::bytes, ""};
constexpr FieldInfo kNumbers{"numbers", FieldType::number, "", Occurs::often};
constexpr FieldInfo kGroup{"group", FieldType::group, ""};
constexpr FieldInfo kGroups{"groups", FieldType::group, "", Occurs::often};

base::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// What stands behind the frame itself.
std::string layers_of(const wire::FieldList& fields) {
  const wire::Packet packet;
  const FrameFacts facts;
  TextBuffer out;
  PacketJson().append(out, {{}, packet, fields, facts});
  const std::string_view text = out.text();
  return std::string(text.substr(text.find("]}") + 2));
}

TEST(PacketJson, EveryFormOfValue) {
  wire::FieldList fields;
  fields.layer(wire::Protocol::tls);
  fields.flag(kFlag, true);
  fields.flag(kFlag, false);
  fields.signed_number(kSigned, -7);
  fields.decimal(kDecimal, 0.25);
  fields.data(kBytes, {});
  fields.word(kText, "a \"quote\" <b>");
  EXPECT_EQ(layers_of(fields), R"(,"tls":{"flag":true,"flag":false,"signed":-7,"decimal":0.25,"bytes":"",)"
                               R"("text":"a \"quote\" \u003cb\u003e"}})");
}

TEST(PacketJson, ListsAndGroupsAreClosedWhereTheyEnd) {
  wire::FieldList fields;
  fields.layer(wire::Protocol::tls);
  fields.number(kNumbers, 1);
  fields.number(kNumbers, 256);
  fields.open(kGroups);
  fields.number(kNumbers, 2);
  fields.close();
  fields.open(kGroups);
  fields.close();
  fields.flag(kFlag, true);
  fields.open(kGroup);
  fields.close();
  EXPECT_EQ(layers_of(fields), R"(,"tls":{"numbers":[1,256],"groups":[{"numbers":[2]},{}],"flag":true,"group":{}}})");
}

TEST(PacketJson, LayersThatAreThereAgainHaveANumber) {
  wire::FieldList fields;
  fields.layer(wire::Protocol::icmp);
  fields.open(kGroup);
  fields.layer(wire::Protocol::ipv4);
  fields.flag(kFlag, true);
  fields.layer(wire::Protocol::ipv4);
  fields.close();
  fields.layer(wire::Protocol::icmp);
  fields.number(kNumbers, 1);
  fields.layer(wire::Protocol::icmp);
  EXPECT_EQ(layers_of(fields),
            R"(,"icmp":{"group":{"ipv4":{"flag":true},"ipv4_2":{}}},"icmp_2":{"numbers":[1]},"icmp_3":{}})");
}

// Values that are longer than the room of a member, wherever the buffer ends.
TEST(PacketJson, LongValuesMakeTheirRoom) {
  for (std::size_t size = 0; size < 400; ++size) {
    const std::string plain(size * 13, 'x');
    const std::string control(size, '\x01');
    wire::FieldList fields;
    fields.layer(wire::Protocol::http);
    std::string wanted = ",\"http\":{";
    for (unsigned i = 0; i < 3; ++i) {
      fields.data(kText, bytes_of(plain));
      fields.data(kText, bytes_of(control));
      fields.data(kBytes, bytes_of(control));
      if (i != 0) wanted += ',';
      wanted += "\"text\":\"" + plain + "\",\"text\":\"";
      for (std::size_t n = 0; n < size; ++n) wanted += "\\u0001";
      wanted += "\",\"bytes\":\"";
      for (std::size_t n = 0; n < size; ++n) wanted += "01";
      wanted += '"';
    }
    ASSERT_EQ(layers_of(fields), wanted + "}}");
  }
}

}  // namespace
}  // namespace holter::describe
