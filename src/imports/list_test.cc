#include "imports/list.h"

#include <gtest/gtest.h>

namespace holter::imports {
namespace {

using record::ProbeKind;

Imported list_of(const std::string& entries) {
  auto imported = read_list(R"({"servers": [)" + entries + "]}");
  EXPECT_TRUE(imported.has_value()) << imported.error().message;
  return imported ? *imported : Imported();
}

Entry only(const std::string& entry) {
  auto imported = list_of(entry);
  EXPECT_EQ(imported.probes.size(), 1U);
  return imported.probes.empty() ? Entry() : imported.probes.front();
}

TEST(List, EntryOfTheAncestorBecomesAPlan) {
  const auto entry = only(
      R"({"name": "google", "host": "www.google.com", "port": 80, "service": "ping", "interval": 10,
          "server_number": 1, "count": 10})");
  EXPECT_EQ(entry.fault, "");
  EXPECT_EQ(entry.line, 1U);
  const record::ProbePlan plan{"google",
                               ProbeKind::icmp,
                               "www.google.com",
                               "",
                               base::Duration::seconds(10),
                               base::Duration::seconds(1),
                               {{"server_number", "1"}}};
  EXPECT_EQ(entry.plan, plan);
}

TEST(List, EveryServiceInAnyCase) {
  const auto target = [](const std::string& service, const std::string& host, const std::string& more = "") {
    const auto entry = only(R"({"host": ")" + host + R"(", "service": ")" + service + '"' + more + '}');
    EXPECT_EQ(entry.fault, "") << service;
    return std::pair(entry.plan.kind, entry.plan.target);
  };
  EXPECT_EQ(target("PING", "a.example"), std::pair(ProbeKind::icmp, std::string("a.example")));
  EXPECT_EQ(target("ICMP", "192.0.2.1"), std::pair(ProbeKind::icmp, std::string("192.0.2.1")));
  EXPECT_EQ(target("TraceRoute", "a.example"), std::pair(ProbeKind::trace, std::string("a.example")));
  EXPECT_EQ(target("HTTP", "a.example"), std::pair(ProbeKind::http, std::string("http://a.example/")));
  EXPECT_EQ(target("http", "a.example/x", R"(, "port": 8080)"),
            std::pair(ProbeKind::http, std::string("http://a.example:8080/x")));
  EXPECT_EQ(target("HTTPS", "2001:db8::1", R"(, "port": 443)"),
            std::pair(ProbeKind::https, std::string("https://[2001:db8::1]/")));
  EXPECT_EQ(target("https", "https://a.example/y"), std::pair(ProbeKind::https, std::string("https://a.example/y")));
  EXPECT_EQ(target("TCP", "2001:db8::1", R"(, "port": "22")"),
            std::pair(ProbeKind::tcp, std::string("[2001:db8::1]:22")));
  EXPECT_EQ(target("udp", "a.example", R"(, "port": 53)"), std::pair(ProbeKind::udp, std::string("a.example:53")));
  EXPECT_EQ(target("NTP", "a.example", R"(, "port": 123)"), std::pair(ProbeKind::ntp, std::string("a.example")));
}

TEST(List, ASilentUdpPortIsUp) {
  EXPECT_EQ(only(R"({"host": "a.example", "service": "UDP", "port": 9})").plan.options,
            (record::Options{{"silence_is_ok", "true"}}));
}

TEST(List, NameServerIsAskedForItsOwnName) {
  EXPECT_EQ(only(R"({"host": "ns.example", "service": "DNS"})").plan.query, "ns.example");
  EXPECT_EQ(only(R"({"host": "192.0.2.53", "service": "DNS"})").plan.query, "");
}

TEST(List, PortOfADnsEntryIsNotedWhereItIsAnother) {
  EXPECT_EQ(list_of(R"({"host": "ns.example", "service": "DNS", "port": 53})").notes.size(), 0U);
  EXPECT_EQ(list_of(R"({"host": "ns.example", "service": "DNS", "port": 80})").notes,
            (std::vector<Note>{{1, "port '80': dns is asked at port 53"}}));
}

TEST(List, WhatCannotBeProbedSaysWhy) {
  EXPECT_EQ(only(R"({"host": "a.example", "service": "UDP"})").fault, "Port information is missing");
  EXPECT_EQ(only(R"({"host": "a.example", "service": "UDP", "port": null})").fault, "Port information is missing");
  EXPECT_EQ(only(R"({"host": "a.example", "service": "tcp", "port": 0})").fault, "a TCP entry needs a port");
  EXPECT_EQ(only(R"({"host": "a.example", "service": "tcp", "port": 65536})").fault,
            "port '65536' is not from 1 to 65535");
  EXPECT_EQ(only(R"({"host": "a.example", "service": "gopher"})").fault, "there is no service 'gopher'");
  EXPECT_EQ(only(R"({"host": "a.example"})").fault, "an entry needs a service");
  EXPECT_EQ(only(R"({"service": "ping"})").fault, "an entry needs a host");
}

TEST(List, IntervalIsInSecondsAndCountStandsInForIt) {
  const auto interval = [](const std::string& keys) {
    return only(R"({"host": "a.example", "service": "ping")" + keys + '}').plan.interval;
  };
  EXPECT_EQ(interval(R"(, "interval": 2.5)"), base::Duration::milliseconds(2'500));
  EXPECT_EQ(interval(R"(, "interval": "3")"), base::Duration::seconds(3));
  EXPECT_EQ(interval(R"(, "interval": 2, "count": 7)"), base::Duration::seconds(2));
  EXPECT_EQ(interval(R"(, "count": 7)"), base::Duration::seconds(7));
  EXPECT_EQ(interval(R"(, "interval": 0)"), record::kMinProbeInterval);
  EXPECT_EQ(interval(""), base::Duration::seconds(1));
}

TEST(List, NotesNameTheLine) {
  const auto imported = read_list(
      "{\"servers\": [\n"
      "  {\"host\": \"a\", \"service\": \"ping\",\n"
      "   \"interval\": -1,\n"
      "   \"colour\": \"red\"},\n"
      "  {\"host\": \"b\", \"service\": \"UDP\"}\n"
      "], \"version\": 2}");
  ASSERT_TRUE(imported.has_value());
  EXPECT_EQ(imported->notes, (std::vector<Note>{{0, "key 'version': nothing of it is known here"},
                                                {4, "key 'colour': nothing of it is known here"},
                                                {3, "interval: is no number of seconds; 1 s is taken"}}));
  ASSERT_EQ(imported->probes.size(), 2U);
  EXPECT_EQ(imported->probes[1].line, 5U);
}

TEST(List, NamesAreUnique) {
  const auto imported = list_of(R"({"name": "a", "host": "h", "service": "ping"},
                                   {"name": "a", "host": "h", "service": "dns"}, {"host": "h", "service": "ping"})");
  ASSERT_EQ(imported.probes.size(), 3U);
  EXPECT_EQ(imported.probes[0].plan.name, "a");
  EXPECT_EQ(imported.probes[1].plan.name, "a-2");
  EXPECT_EQ(imported.probes[2].plan.name, "ping h");
}

TEST(List, WhatIsNoneIsSaidToBeNone) {
  const auto why = [](std::string_view text) { return read_list(text).error().message; };
  EXPECT_EQ(why("{\"servers\":\n[{]}"), "line 2: is not JSON from here on");
  EXPECT_EQ(why("[]"), "has no list \"servers\"");
  EXPECT_EQ(why("{\"servers\": 1}"), "has no list \"servers\"");
  EXPECT_EQ(why(""), "line 1: is not JSON from here on");
  EXPECT_EQ(why(std::string(kMaxFileBytes + 1, ' ')), "is larger than 1 MiB");
  EXPECT_FALSE(read_list(std::string(100'000, '[')).has_value());
}

TEST(List, IsToldFromToml) {
  EXPECT_TRUE(looks_like_list("\n {\"servers\": []}"));
  EXPECT_TRUE(looks_like_list("\xef\xbb\xbf{}"));
  EXPECT_FALSE(looks_like_list("[[probe]]\nname = \"a\""));
  EXPECT_FALSE(looks_like_list(""));
}

}  // namespace
}  // namespace holter::imports
