#include "probe/dns/message.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t kHeaderBytes = 12;

// "example.org." as it is on the wire: letters behind their number.
void put_name(Bytes& into, std::string_view name) {
  while (!name.empty()) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    into.push_back(static_cast<std::uint8_t>(label.size()));
    into.insert(into.end(), label.begin(), label.end());
    name.remove_prefix(dot == name.npos ? name.size() : dot + 1);
  }
  into.push_back(0);
}

void put(Bytes& into, std::initializer_list<int> bytes) {
  for (const int byte : bytes) into.push_back(static_cast<std::uint8_t>(byte));
}

Bytes name(std::string_view text) {
  Bytes wire;
  put_name(wire, text);
  return wire;
}

struct Record {
  std::string owner;
  int type;
  Bytes data;
  int ttl = 60;
};

// An answer with id 0x1234 to a question of type `asked` for example.org.
Bytes message(int asked, std::initializer_list<Record> answers, int flags = 0x8180) {
  Bytes bytes;
  put(bytes, {0x12, 0x34, flags >> 8, flags & 0xff, 0, 1, 0, static_cast<int>(answers.size()), 0, 0, 0, 0});
  put_name(bytes, "example.org.");
  put(bytes, {0, asked, 0, 1});
  for (const auto& record : answers) {
    put_name(bytes, record.owner);
    put(bytes, {0, record.type, 0, 1, 0, 0, 0, record.ttl, 0, static_cast<int>(record.data.size())});
    bytes.insert(bytes.end(), record.data.begin(), record.data.end());
  }
  return bytes;
}

constexpr int kA = 1, kCname = 5, kSoa = 6, kMx = 15, kTxt = 16, kAaaa = 28;
using Texts = std::vector<std::string>;

// RFC 1035, section 4: RD, and RFC 6840's AD; one question, example.org A IN.
TEST(DnsMessage, WritesAQueryAsTheRfcDraws) {
  Bytes drawn;
  put(drawn, {0x12, 0x34, 1, 0x20, 0, 1, 0, 0, 0, 0, 0, 0});
  put_name(drawn, "example.org.");
  put(drawn, {0, kA, 0, 1});
  EXPECT_EQ(dns_query({"example.org", DnsType::a}, {}, 0x1234).value(), drawn);
  drawn[2] = 0;
  drawn[3] = 0x30;
  EXPECT_EQ(dns_query({"example.org", DnsType::a}, {.recurse = false, .check_disabled = true}, 0x1234).value(), drawn);
  EXPECT_TRUE(dns_query({".", DnsType::ns}, {}, 1).has_value());
}

// RFC 6891: the root as its name, type 41, the size as its class, DO in its time to live, and the options (RFC 5001).
TEST(DnsMessage, WritesEdnsWhereItIsWanted) {
  const auto tail_of = [](const DnsManner& manner) {
    auto query = dns_query({"example.org", DnsType::a}, manner, 1).value();
    EXPECT_EQ(query.at(11), 1);
    query.erase(query.begin(), query.begin() + kHeaderBytes + 13 + 4);
    return query;
  };
  EXPECT_EQ(tail_of({.dnssec = true}), (Bytes{0, 0, 41, 4, 0xd0, 0, 0, 0x80, 0, 0, 0}));
  EXPECT_EQ(tail_of({.payload_bytes = 4096}), (Bytes{0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(tail_of({.nsid = true}), (Bytes{0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 4, 0, 3, 0, 0}));
}

TEST(DnsMessage, RefusesNamesThatCannotBeAsked) {
  for (const std::string& text : {std::string(64, 'a') + ".org", std::string("a..b"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(is_dns_name(text)) << text;
    EXPECT_FALSE(dns_query({text, DnsType::a}, {}, 1).has_value()) << text;
  }
}

TEST(DnsMessage, TypesGoByNameAndNumber) {
  EXPECT_EQ(parse_dns_type("AAAA"), DnsType::aaaa);
  EXPECT_EQ(parse_dns_type("aaaa"), DnsType::aaaa);
  EXPECT_EQ(parse_dns_type("28"), DnsType::aaaa);
  EXPECT_EQ(parse_dns_type("TYPE28"), DnsType::aaaa);
  EXPECT_EQ(parse_dns_type("HTTPS"), static_cast<DnsType>(65));
  EXPECT_EQ(parse_dns_type("TYPE65280"), static_cast<DnsType>(65'280));
  EXPECT_EQ(to_string(DnsType::aaaa), "AAAA");
  EXPECT_EQ(to_string(static_cast<DnsType>(65'280)), "TYPE65280");
  for (const char* none : {"", "0", "OPT", "AXFR", "IXFR", "TYPE252", "TSIG", "AAAAA", "70000", "-1", "A "}) {
    EXPECT_FALSE(parse_dns_type(none)) << none;
  }
}

TEST(DnsMessage, AnAddressHasAReverseName) {
  EXPECT_EQ(reverse_name("192.0.2.7"), "7.2.0.192.in-addr.arpa.");
  EXPECT_EQ(reverse_name("2001:db8::1"), "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
  EXPECT_EQ(reverse_name("example.org"), "");
}

TEST(DnsMessage, ReadsAnAnswer) {
  const auto answer =
      parse_dns_answer(message(kA, {{"example.org.", kA, {192, 0, 2, 9}, 30}, {"EXAMPLE.org.", kA, {192, 0, 2, 7}}}));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->rcode_name, "NOERROR");
  EXPECT_EQ(answer->count, 2U);
  EXPECT_EQ(answer->answers, (Texts{"192.0.2.7", "192.0.2.9"}));
  EXPECT_EQ(answer->addresses, answer->answers);
  EXPECT_EQ(answer->ttl, 30U);
  EXPECT_FALSE(answer->authoritative || answer->authentic || answer->truncated || answer->serial || answer->nsid);
  EXPECT_TRUE(answers_question(*answer, {"Example.ORG", DnsType::a}, 0x1234));
  EXPECT_FALSE(answers_question(*answer, {"example.org", DnsType::a}, 0x1235));
  EXPECT_FALSE(answers_question(*answer, {"example.net", DnsType::a}, 0x1234));
  EXPECT_FALSE(answers_question(*answer, {"example.org", DnsType::aaaa}, 0x1234));
}

TEST(DnsMessage, FlagsAreRead) {
  const auto answer = parse_dns_answer(message(kA, {}, 0x8000 | 0x0400 | 0x0200 | 0x20 | 5)).value();
  EXPECT_TRUE(answer.authoritative && answer.truncated && answer.authentic);
  EXPECT_EQ(answer.rcode_name, "REFUSED");
  EXPECT_FALSE(answer.ttl);
}

TEST(DnsMessage, AliasesAreTheWayToTheAnswersAndAreNone) {
  const auto answer = parse_dns_answer(message(kA, {{"b.example.", kA, {192, 0, 2, 7}},
                                                    {"a.example.", kCname, name("b.example."), 20},
                                                    {"example.org.", kCname, name("a.example.")},
                                                    {"example.org.", kTxt, {1, 'x'}},
                                                    {"other.example.", kA, {192, 0, 2, 66}}}))
                          .value();
  EXPECT_EQ(answer.aliases, (Texts{"a.example.", "b.example."}));
  EXPECT_EQ(answer.answers, Texts{"192.0.2.7"});
  EXPECT_EQ(answer.ttl, 20U);
  const auto asked = parse_dns_answer(message(kCname, {{"example.org.", kCname, name("a.example.")}})).value();
  EXPECT_EQ(asked.answers, Texts{"a.example."});
  EXPECT_EQ(asked.aliases, Texts());
}

TEST(DnsMessage, ALoopOfAliasesEnds) {
  const auto answer = parse_dns_answer(message(kA, {{"example.org.", kCname, name("a.example.")},
                                                    {"a.example.", kCname, name("example.org.")},
                                                    {"a.example.", kA, {192, 0, 2, 7}}}));
  EXPECT_EQ(answer->aliases.size(), kMaxDnsAnswers);
  EXPECT_EQ(answer->count, 0U);
}

TEST(DnsMessage, ALoopOfPointersIsNoMessage) {
  auto bytes = message(kA, {});
  bytes[7] = 1;
  put(bytes, {0xc0, static_cast<int>(bytes.size()), 0, kA, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7});
  EXPECT_FALSE(parse_dns_answer(bytes).has_value());
}

TEST(DnsMessage, DataIsWholeAndWithItsSerial) {
  Bytes mx = {0, 10};
  put_name(mx, "mail.example.");
  EXPECT_EQ(parse_dns_answer(message(kMx, {{"example.org.", kMx, mx}}))->answers, Texts{"10 mail.example."});
  Bytes soa = name("ns.example.");
  put_name(soa, "admin.example.");
  put(soa, {0x78, 0xc3, 0x07, 0x75, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4});
  const auto answer = parse_dns_answer(message(kSoa, {{"example.org.", kSoa, soa}})).value();
  EXPECT_EQ(answer.serial, 2'026'047'349U);
  EXPECT_EQ(answer.answers, Texts{"ns.example. admin.example. 2026047349 1 2 3 4"});
  const auto txt = parse_dns_answer(message(kTxt, {{"example.org.", kTxt, {2, 'a', 27, 1, '"'}}})).value();
  EXPECT_EQ(txt.answers, Texts{R"("a\027" "\"")"});
  Bytes v6(16, 0);
  v6[0] = 0xfd;
  EXPECT_EQ(parse_dns_answer(message(kAaaa, {{"example.org.", kAaaa, v6}}))->addresses, Texts{"fd00::"});
}

TEST(DnsMessage, MoreAnswersThanAreKeptAreCounted) {
  Bytes bytes = message(kA, {});
  for (int i = 0; i < 200; ++i) {
    put_name(bytes, "example.org.");
    put(bytes, {0, kA, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, i});
  }
  bytes[7] = 200;
  const auto answer = parse_dns_answer(bytes).value();
  EXPECT_EQ(answer.count, 200U);
  EXPECT_EQ(answer.answers.size(), kMaxDnsAnswers);
}

TEST(DnsMessage, EdnsHasMoreCodesAndTheNameOfTheResolver) {
  auto bytes = message(kA, {}, 0x8180);
  bytes[11] = 1;
  put(bytes, {0, 0, 41, 4, 0xd0, 1, 0, 0, 0, 0, 6, 0, 3, 0, 2, 'n', 's'});
  const auto answer = parse_dns_answer(bytes).value();
  EXPECT_EQ(answer.rcode, 16);
  EXPECT_EQ(answer.rcode_name, "BADVERS");
  EXPECT_EQ(answer.nsid, "ns");
}

TEST(DnsMessage, AnErrorMayComeWithoutTheQuestion) {
  for (const auto& [flags, taken] : {std::pair(0x8181, true), {0x8185, true}, {0x8180, false}, {0x8183, false}}) {
    Bytes bytes;
    put(bytes, {0x12, 0x34, flags >> 8, flags & 0xff, 0, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(answers_question(parse_dns_answer(bytes).value(), {"example.org", DnsType::a}, 0x1234), taken) << flags;
  }
}

TEST(DnsMessage, WhatCannotBeAnAnswerIsSeenByItsHeader) {
  const auto bytes = message(kA, {});
  EXPECT_TRUE(could_answer(bytes, 0x1234));
  EXPECT_FALSE(could_answer(bytes, 0x1233));
  EXPECT_FALSE(could_answer(bytes, 0x3412));
  EXPECT_FALSE(could_answer(message(kA, {}, 0x0100), 0x1234));
  EXPECT_FALSE(could_answer(base::Bytes(bytes).first(11), 0x1234));
}

TEST(DnsMessage, IsNotFooledByItsOwnQueryOrByPieces) {
  const auto echo = parse_dns_answer(message(kA, {}, 0x0100));
  ASSERT_TRUE(echo.has_value());
  EXPECT_FALSE(answers_question(*echo, {"example.org", DnsType::a}, 0x1234));
  const auto whole = message(kA, {{"example.org.", kA, {192, 0, 2, 7}}}, 0x8183);
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(parse_dns_answer(base::Bytes(whole).first(n))) << n;
  auto chaos = whole;
  chaos.at(kHeaderBytes + 13 + 3) = 3;
  EXPECT_FALSE(answers_question(parse_dns_answer(chaos).value(), {"example.org", DnsType::a}, 0x1234));
}

}  // namespace
}  // namespace holter::probe
