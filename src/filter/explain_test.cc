// What is told of a filter: one spelling, steps with their ways, needs, and the kernel's part.
#include "filter/explain.h"

#include <gtest/gtest.h>

#include "filter/checked_text.h"
#include "filter/parser.h"

namespace holter::filter {
namespace {

std::string told(std::string_view text, Subject subject = Subject::packets) {
  const auto explanation = explain(subject, text).value();
  std::string out = explanation.expression;
  for (const auto& step : explanation.program) {
    out += "\n" + step.question + " | " + std::string(step.type) + " | " + std::string(step.source) + " | " +
           to_string(step.if_true) + " | " + to_string(step.if_false);
  }
  return out;
}

TEST(Explain, StepsAndTheirWays) {
  EXPECT_EQ(told(R"({"TCP":{"Destination_Port":[443,"8000-8099"]},"ipv4":{"id":5}})"),
            "tcp.dst_port in {443, 8000..8099} and ipv4.id == 5\n"
            "tcp.dst_port in {443, 8000..8099} | a number | packet | step 1 | refuse\n"
            "ipv4.id == 5 | a number | full decode | accept | refuse");
  EXPECT_EQ(told("not (tcp or interface == lo) and (bpf:icmp or vlan == false)"),
            "not (tcp or interface == lo) and (bpf:\"icmp\" or vlan == false)\n"
            "tcp | true or false | packet | refuse | step 1\n"
            "interface == \"lo\" | a text | capture | refuse | step 2\n"
            "bpf:\"icmp\" | an expression of tcpdump | bytes | accept | step 3\n"
            "vlan == false | true or false | packet | accept | refuse");
  EXPECT_EQ(told("rtt > 20ms or outcome in {timeout, refused}", Subject::results),
            "rtt > 20ms or outcome in {timeout, refused}\n"
            "rtt >= 20000.001us | a duration | record | accept | step 1\n"
            "outcome in {timeout, refused} | one of some words | record | accept | refuse");
}

TEST(Explain, NeedsAndKernel) {
  const auto hot = explain(Subject::packets, "tcp.dst_port == 443").value();
  EXPECT_FALSE(hot.needs.more_than_packet());
  EXPECT_EQ(hot.kernel.words, "tcp.dst_port == 443");
  EXPECT_NE(listing(hot.kernel.program).find("jeq      #0x1bb"), std::string::npos);
  EXPECT_TRUE(explain(Subject::packets, "anomaly").value().needs.checksums);
  EXPECT_TRUE(explain(Subject::sessions, "state == down").value().kernel.program.empty());
  EXPECT_EQ(explain(Subject::results, "tcp").error().message, "'tcp' is a field of packets, not of results");
}

// Text of a checked expression is an expression of the language, and the same one.
TEST(CheckedText, IsReadAsTheSame) {
  const auto again = [](const std::string& text) {
    const auto checked = check(Subject::packets, parse(text).value()).value();
    return checked_text(Subject::packets, checked);
  };
  for (const char* text :
       {"tcp.port in {1..5, 9} and not ip.addr != 10.0.0.1", "host in {10.0.0.0..10.255.255.255, 2001:db8::1}",
        "ethernet.addr not in {02:00:00:00:00:01, 02:00:00:00:00:02}", "interface contains \"a\" or interface ~ \"^b\"",
        "tcp.window >= 5", "direction in {host, outgoing}", "length in {0..5}"}) {
    EXPECT_EQ(again(text), text);
    EXPECT_EQ(again(again(text)), again(text));
  }
}

}  // namespace
}  // namespace holter::filter
