// The JSON form: what it means is told as the text form would say it; the ancestor's filters as they are; mistakes.
#include "filter/json_form.h"

#include <gtest/gtest.h>

#include "filter/ancestor_names.h"
#include "filter/limits.h"
#include "filter/packet_filter.h"
#include "filter/parser.h"
#include "filter/record_filter.h"

namespace holter::filter {
namespace {

// The text form, or the mistake with its span.
std::string as_text(std::string_view text, Subject subject = Subject::packets) {
  const auto expression = parse(subject, text);
  if (expression) return print(*expression);
  const auto& [span, message] = expression.error();
  return std::to_string(span.begin) + ".." + std::to_string(span.end) + ": " + message;
}

TEST(JsonForm, AllOfAnObjectAnyOfAList) {
  EXPECT_EQ(as_text(R"({"tcp":{"dst_port":443}})"), "tcp.dst_port == 443");
  EXPECT_EQ(as_text(R"({"ipv4":{"src":"10.0.0.0/8","ttl":64},"tcp":{}})"),
            "ipv4.src == 10.0.0.0/8 and ipv4.ttl == 64 and tcp");
  EXPECT_EQ(as_text(R"([{"udp":{"port":53},"ipv4":{}},{"arp":{}}])"), "(udp.port == 53 and ipv4) or arp");
  EXPECT_EQ(as_text(R"([{"arp":{}}])"), "arp");
  EXPECT_EQ(as_text(R"([[{"arp":{}},{"tcp":{}}],{"udp":{}}])"), "arp or tcp or udp");
  EXPECT_EQ(as_text(R"({"arp":{}}, {"tcp":{}})"), "arp or tcp") << "several one behind the other";
  EXPECT_EQ(as_text(R"({"length":"1000-2000","host":"192.0.2.1"})"), "length in {1000..2000} and host == 192.0.2.1");
}

TEST(JsonForm, Values) {
  EXPECT_EQ(as_text(R"({"tcp":{"port":["443","8000-8099",9,"10..12"]}})"), "tcp.port in {443, 8000..8099, 9, 10..12}");
  EXPECT_EQ(as_text(R"({"tcp":{"port":{"from":1,"to":5}}})"), "tcp.port in {1..5}");
  EXPECT_EQ(as_text(R"({"tcp":{"port":[{"to":5,"from":"1"}]}})"), "tcp.port in {1..5}");
  EXPECT_EQ(as_text(R"({"ipv4":{"addr":"10.0.0.1 - 10.0.0.9"}})"), "ipv4.addr in {10.0.0.1..10.0.0.9}");
  EXPECT_EQ(as_text(R"({"tcp":{"syn":1,"ack":false,"rst":true,"fin":0}})"),
            "tcp.syn and tcp.ack == false and tcp.rst and tcp.fin == false");
  EXPECT_EQ(as_text(R"({"session":["a-b","two words","or","x..y",""]})", Subject::sessions),
            R"(session in {a-b, "two words", "or", "x..y", ""})");
  EXPECT_EQ(as_text(R"({"text":"\u00e9\ud83d\ude00\"\\\n"})", Subject::sessions),
            "text == \"\u00e9\U0001f600\\\"\\\\\n\"");
  EXPECT_EQ(as_text(R"({"outcome":["timeout","refused"],"rtt":"20ms-1s"})", Subject::results),
            "outcome in {timeout, refused} and rtt in {20ms..1s}");
  EXPECT_EQ(as_text(R"({"phases":{"connect":"20ms"}})", Subject::results), "phases.connect == 20ms");
}

TEST(JsonForm, TheAncestorsNames) {
  EXPECT_EQ(as_text(R"({"IPv4":{"Source_Address":"127.0.0.1"},"TCP":{"Destination_Port":5000}})"),
            "ipv4.src == 127.0.0.1 and tcp.dst_port == 5000");
  EXPECT_EQ(as_text(R"({"TCP":{"Flags":{"SYN":1,"ACK":0},"window":"1-9"}})"),
            "tcp.syn and tcp.ack == false and tcp.window in {1..9}");
  EXPECT_EQ(as_text(R"({"Packet_802_3":{"Source_MAC":"02:00:5E:10:00:0A"}})"), "ethernet.src == 02:00:5E:10:00:0A");
  EXPECT_EQ(as_text(R"({"IPv4":{"Version":4}})"), "ipv4");
  EXPECT_EQ(as_text(R"({"IPv6":{"Version":4}})"), "ipv6 == false");
  EXPECT_EQ(as_text(R"({"Info":{"Size":60}})"), "length == 60");
}

TEST(JsonForm, CommasAtTheEndAreTaken) {
  EXPECT_EQ(as_text("{\n  \"TCP\": {\n    \"Destination_Port\": 5000,\n  },\n},\n"), "tcp.dst_port == 5000");
  EXPECT_EQ(as_text(R"({"tcp":{"port":[1,2,],},})"), "tcp.port in {1, 2}");
}

TEST(JsonForm, MistakesOfForm) {
  EXPECT_EQ(as_text("{"), "0..1: this object is never closed");
  EXPECT_EQ(as_text("{}"), "0..2: this filter names no protocol");
  EXPECT_EQ(as_text("[]"), "0..2: the list is empty");
  EXPECT_EQ(as_text("[1]"), "1..2: a filter is an object of protocols: {\"tcp\": {}}");
  EXPECT_EQ(as_text("{tcp:{}}"), "1..2: a name in quotes, or '}', is expected, not 't'");
  EXPECT_EQ(as_text(R"({"tcp" {}})"), "7..8: ':' is expected, not '{'");
  EXPECT_EQ(as_text(R"({"tcp":{} "udp":{}})"), "10..11: ',' or '}' is expected, not '\"'");
  EXPECT_EQ(as_text(R"({"tcp":)"), "7..7: a value is expected, not the end");
  EXPECT_EQ(as_text(R"({"tcp":{"port":tcp}})"), "15..18: a text stands in quotes: \"tcp\"");
  EXPECT_EQ(as_text(R"({"tcp":{"port":[1)"), "15..16: this list is never closed");
  EXPECT_EQ(as_text(R"({"tcp":{"port":"1)"), "15..16: the text that begins here has no closing quote");
  EXPECT_EQ(as_text(R"({"text":"\x"})", Subject::sessions), "9..11: no escape of JSON begins with this");
  EXPECT_EQ(as_text(R"({"text":"\ud800x"})", Subject::sessions), "9..15: this is half a character");
  std::string deep;
  for (std::size_t i = 0; i <= kMaxDepth; ++i) deep += '[';
  EXPECT_EQ(as_text(deep), "32..33: objects and lists stand more than 32 deep within each other");
  EXPECT_EQ(as_text('{' + std::string(kMaxExpressionBytes, ' ')),
            "4096..4097: the expression is 4097 bytes long; at most 4096 are read");
}

TEST(JsonForm, MistakesOfNamesAndValues) {
  EXPECT_EQ(as_text(R"({"TPC":{}})"), "1..6: there is no protocol 'TPC'; did you mean 'TCP'?");
  EXPECT_EQ(as_text(R"({"TCP":{"Destination_Prot":1}})"),
            "8..26: 'tcp' has no attribute 'Destination_Prot'; did you mean 'Destination_Port'?");
  EXPECT_EQ(as_text(R"({"TCP":{"Flags":{"SNY":1}}})"),
            "17..22: 'tcp.Flags' has no attribute 'SNY'; did you mean 'SYN'?");
  EXPECT_EQ(as_text(R"({"tcp":{"dst_prot":1}})"), "8..18: 'tcp' has no attribute 'dst_prot'; did you mean 'dst_port'?");
  EXPECT_EQ(as_text(R"({"lenght":1})"), "1..9: there is no field 'lenght'; did you mean 'length'?");
  EXPECT_EQ(as_text(R"({"Info":{}})"), "1..7: 'Info' is no protocol: every packet has it");
  EXPECT_EQ(as_text(R"({"Info":{"Sniffed_Timestamp":1}})"),
            "9..28: no field is 'Sniffed_Timestamp' of Info: no filter asks for a moment");
  EXPECT_EQ(as_text(R"({"TCP":1})"), "7..8: an object of attributes is expected");
  EXPECT_EQ(as_text(R"({"tcp":{"port":null}})"),
            "15..19: a value is expected: a text, a number, a list of them, or {\"from\": 1, \"to\": 5}");
  EXPECT_EQ(as_text(R"({"tcp":{"port":[]}})"), "15..17: the list is empty");
  EXPECT_EQ(as_text(R"({"IPv4":{}})", Subject::results), "1..7: there is no protocol 'IPv4'");
  const auto drawn = packet_filter_mistake(R"({"tcp":{"port":70000}})");
  EXPECT_EQ(drawn.value_or("none"),
            "70000 is too large: 'tcp.port' is at most 65535\n"
            "  {\"tcp\":{\"port\":70000}}\n"
            "                 ^^^^^");
  EXPECT_TRUE(packet_filter_mistake(R"({"tcp":{"port":-1}})"));
  EXPECT_TRUE(packet_filter_mistake(R"({"tcp":{"port":1.5}})"));
}

// Both forms become the same tree.
TEST(JsonForm, IsTheSameAsItsText) {
  for (const char* text : {R"({"IPv4":{"Source_Address":["10.0.0.0/8","127.0.0.1"]},"TCP":{"Destination_Port":"1-9"}})",
                           R"([{"udp":{"port":53}},{"arp":{}}])", R"({"TCP":{"Flags":{"SYN":1,"ACK":0}}})"}) {
    const auto json = parse(Subject::packets, text).value();
    EXPECT_EQ(parse(print(json)).value(), json) << text;
    EXPECT_TRUE(PacketFilter::compile(text)) << text;
  }
}

}  // namespace
}  // namespace holter::filter
