// The language itself: what parses to what, the exact words for every kind of mistake, and the limits.
#include <gtest/gtest.h>

#include "base/seed_test.h"
#include "filter/limits.h"
#include "filter/packet_filter.h"
#include "filter/parser.h"
#include "filter/record_filter.h"

namespace holter::filter {
namespace {

std::string printed(std::string_view text) {
  const auto expression = parse(text);
  return expression ? print(*expression) : explain_mistake(text, expression.error());
}

// "begin..end: message"
std::string mistake_of(std::string_view text, Subject subject = Subject::packets) {
  const auto told = [](const Mistake& m) {
    return std::to_string(m.span.begin) + ".." + std::to_string(m.span.end) + ": " + m.message;
  };
  if (subject == Subject::packets) {
    const auto filter = PacketFilter::compile(text);
    return filter ? "none" : told(filter.error());
  }
  const auto filter = RecordFilter::compile(subject, text);
  return filter ? "none" : told(filter.error());
}

TEST(Language, SpellingsOfOneExpressionAreOne) {
  EXPECT_EQ(printed("a && !b || c"), "(a and not b) or c");
  EXPECT_EQ(printed("a and not b or c"), "(a and not b) or c");
  EXPECT_EQ(printed(" (a)and((b)) "), "a and b");
  EXPECT_EQ(printed("(a and b) and c"), "a and b and c");
  EXPECT_EQ(printed("not not a"), "not not a");
  EXPECT_EQ(printed("not (a or b)"), "not (a or b)");
  EXPECT_EQ(printed("p in{1,2..3,}"), "p in {1, 2..3}");
  EXPECT_EQ(printed("p not in {10.0.0.1..10.0.0.9, ::1}"), "p not in {10.0.0.1..10.0.0.9, ::1}");
  EXPECT_EQ(printed("t ~ '^a\\d\"\\\\'"), "t ~ \"^a\\\\d\\\"\\\\\"");
  EXPECT_EQ(printed("a\n\tor b"), "a or b");
}

TEST(Language, MistakesOfForm) {
  EXPECT_EQ(mistake_of(""), "0..0: the filter is empty");
  EXPECT_EQ(mistake_of("  "), "2..2: the filter is empty");
  EXPECT_EQ(mistake_of("tcp udp"), "4..7: 'and' or 'or' is missing before 'udp'");
  EXPECT_EQ(mistake_of("(tcp udp)"), "5..8: 'and', 'or' or ')' is missing before 'udp'");
  EXPECT_EQ(mistake_of("(tcp"), "0..1: this parenthesis is never closed");
  EXPECT_EQ(mistake_of("tcp)"), "3..4: this parenthesis closes nothing");
  EXPECT_EQ(mistake_of("tcp and"), "7..7: a field is expected, not the end");
  EXPECT_EQ(mistake_of("and tcp"), "0..3: a field is expected, not 'and'");
  EXPECT_EQ(mistake_of("\"tcp\""), "0..5: a field is expected, not a text; write the field and an operator before it");
  EXPECT_EQ(mistake_of("tcp.port = 1"), "9..10: '=' means nothing here; equal is written ==");
  EXPECT_EQ(mistake_of("tcp & udp"), "4..5: '&' means nothing here; write 'and'");
  EXPECT_EQ(mistake_of("tcp | udp"), "4..5: '|' means nothing here; write 'or'");
  EXPECT_EQ(mistake_of("tcp $"), "4..5: '$' means nothing here");
  EXPECT_EQ(mistake_of("session == J\u00f6rg", Subject::sessions),
            "12..14: '\u00f6' means nothing here; put a text in quotes");
  EXPECT_EQ(mistake_of("tcp \x1b"), "4..5: '\\x1b' means nothing here");
  EXPECT_EQ(mistake_of("tcp.port =="), "11..11: a value is expected, not the end");
  EXPECT_EQ(mistake_of("tcp.port == {1}"), "12..13: a list stands behind 'in' only");
  EXPECT_EQ(mistake_of("tcp.port == 1..5"), "13..15: a range stands in a list: in {1..5}");
  EXPECT_EQ(mistake_of("tcp.port in 443"), "12..15: a list in braces is expected after 'in': in {443, 8443}");
  EXPECT_EQ(mistake_of("tcp.port in {443"), "12..13: this list is never closed");
  EXPECT_EQ(mistake_of("tcp.port in {"), "13..13: a value is expected, not the end");
  EXPECT_EQ(mistake_of("tcp.port in {}"), "12..14: the list is empty");
  EXPECT_EQ(mistake_of("tcp.port in {1 2}"), "15..16: ',' or '}' is expected, not '2'");
  EXPECT_EQ(mistake_of("text ~ \"abc", Subject::sessions), "7..8: the text that begins here has no closing quote");
}

TEST(Language, MistakesOfFields) {
  EXPECT_EQ(mistake_of("tcp.dst_prot == 443"), "0..12: there is no field 'tcp.dst_prot'; did you mean 'tcp.dst_port'?");
  EXPECT_EQ(mistake_of("eth.src == 02:00:00:00:00:01"),
            "0..7: there is no field 'eth.src'; did you mean 'ethernet.src'?");
  EXPECT_EQ(mistake_of("frobnicate"), "0..10: there is no field 'frobnicate'");
  EXPECT_EQ(mistake_of("rtt > 1ms"), "0..3: 'rtt' is a field of results, not of packets");
  EXPECT_EQ(mistake_of("interface == eth0"), "none");
  EXPECT_EQ(mistake_of("length"), "0..6: 'length' is a size and needs a comparison: 'length > 1KiB'");
  EXPECT_EQ(mistake_of("outcome", Subject::results),
            "0..7: 'outcome' is one of some words and needs a comparison: 'outcome == ok'");
  EXPECT_EQ(mistake_of("ip.src > 10.0.0.1"),
            "0..8: 'ip.src' is an IP address, for which there is no '>'; write 'ip.src == 10.0.0.0/8' or 'ip.src in "
            "{10.0.0.1..10.0.0.9}'");
  EXPECT_EQ(mistake_of("tcp ~ x"), "0..5: 'tcp' is true or false, for which there is no '~'; write 'tcp' or 'not tcp'");
  EXPECT_EQ(mistake_of("tcp.port contains 4"),
            "0..17: 'tcp.port' is a number, for which there is no 'contains'; write 'tcp.port == 1'");
  EXPECT_EQ(mistake_of("rtt ~ x", Subject::results),
            "0..5: 'rtt' is a duration, for which there is no '~'; write 'rtt > 20ms'");
  EXPECT_EQ(mistake_of("probe > a", Subject::results),
            "0..7: 'probe' is a text, for which there is no '>'; write 'probe == \"...\"', 'contains' or '~'");
  EXPECT_EQ(mistake_of("ethernet.src < 02:00:00:00:00:01"),
            "0..14: 'ethernet.src' is a MAC address, for which there is no '<'; write 'ethernet.src == "
            "02:00:5e:10:00:01'");
}

TEST(Language, MistakesOfValues) {
  EXPECT_EQ(mistake_of("tcp.port == http"), "12..16: 'http' is not a number such as 443 or 0x1bb");
  EXPECT_EQ(mistake_of("tcp.port == 70000"), "12..17: 70000 is too large: 'tcp.port' is at most 65535");
  EXPECT_EQ(mistake_of("tcp.port < 0"), "0..12: nothing is below 0");
  EXPECT_EQ(mistake_of("tcp.port > 65535"), "0..16: no 'tcp.port' is above 65535");
  EXPECT_EQ(mistake_of("tcp.port in {5..1}"), "13..17: the range ends before it begins");
  EXPECT_EQ(mistake_of("ip.src == router"),
            "10..16: 'router' is not an IP address or prefix such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32");
  EXPECT_EQ(mistake_of("ip.src == 10.0.0.0/33"), "10..21: the prefix length of '10.0.0.0/33' is not from 0 to 32");
  EXPECT_EQ(mistake_of("ip.src == 10.0.0.1/8"),
            "10..20: '10.0.0.1/8' has bits behind its prefix of 8; one address has no prefix");
  EXPECT_EQ(mistake_of("ip.src in {10.0.0.1..::1}"), "11..24: the range begins in one IP version and ends in another");
  EXPECT_EQ(mistake_of("ip.src in {10.0.0.0/8..11.0.0.0}"),
            "11..31: a range of addresses goes from one address to another, not between prefixes");
  EXPECT_EQ(mistake_of("ethernet.src == 02-00-00-00-00-01"),
            "16..33: '02-00-00-00-00-01' is not a MAC address such as 02:00:5e:10:00:01");
  EXPECT_EQ(mistake_of("ethernet.src in {02:00:00:00:00:01..02:00:00:00:00:09}"),
            "17..53: 'ethernet.src' is a MAC address, which has no ranges");
  EXPECT_EQ(mistake_of("length > many"), "9..13: 'many' is not a size such as 1500 or 64KiB");
  EXPECT_EQ(mistake_of("tcp == yes"), "7..10: 'yes' is not true or false");
  EXPECT_EQ(mistake_of("rtt > 20", Subject::results),
            "6..8: '20' is not a duration with its unit, such as 20ms or 1.5s");
  EXPECT_EQ(mistake_of("state == dwon", Subject::sessions),
            "9..13: 'dwon' is no value of 'state'; its values: init, up, pulsing, down, admin_down, blind; did you "
            "mean 'down'?");
  EXPECT_EQ(mistake_of("text in {a..b}", Subject::sessions), "9..13: texts have no ranges");
  EXPECT_EQ(mistake_of("text ~ \"(\"", Subject::sessions),
            "7..10: this is no regular expression of RE2: 'missing ): ('");
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

TEST(Language, Limits) {
  EXPECT_EQ(mistake_of("tcp" + std::string(kMaxExpressionBytes - 3, ' ')), "none");
  EXPECT_EQ(mistake_of("tcp" + std::string(kMaxExpressionBytes - 2, ' ')),
            "4096..4097: the expression is 4097 bytes long; at most 4096 are read");
  EXPECT_EQ(mistake_of(repeated("(", 32) + "tcp" + repeated(")", 32)), "none");
  EXPECT_EQ(mistake_of(repeated("(", 33) + "tcp" + repeated(")", 33)),
            "32..33: 'not' and parentheses stand more than 32 deep within each other");
  EXPECT_EQ(mistake_of("tcp" + repeated(" or tcp", 255)), "none");
  EXPECT_EQ(mistake_of("tcp" + repeated(" or tcp", 256)), "1792..1795: the expression has more than 256 comparisons");
  EXPECT_EQ(mistake_of("tcp.port in {1" + repeated(",1", 1'023) + "}"), "none");
  EXPECT_EQ(mistake_of("tcp.port in {1" + repeated(",1", 1'024) + "}"),
            "2061..2062: the list has more than 1024 entries");
  EXPECT_EQ(mistake_of("text ~ a" + repeated(" or text ~ a", 15), Subject::sessions), "none");
  EXPECT_EQ(mistake_of("text ~ a" + repeated(" or text ~ a", 16), Subject::sessions),
            "199..200: the expression has more than 16 regular expressions");
  EXPECT_NE(mistake_of("text ~ \"((a{100}){100}){100}\"", Subject::sessions), "none");
}

TEST(Language, AMistakeIsDrawnUnderItsPlace) {
  const auto drawn = [](std::string_view text) { return packet_filter_mistake(text).value_or("none"); };
  EXPECT_EQ(drawn("udp or tcp.dst_prot == 443"),
            "there is no field 'tcp.dst_prot'; did you mean 'tcp.dst_port'?\n"
            "  udp or tcp.dst_prot == 443\n"
            "         ^^^^^^^^^^^^");
  EXPECT_EQ(drawn("tcp and"), "a field is expected, not the end\n  tcp and\n         ^");
  EXPECT_EQ(drawn("tcp\nand \x1b[31m"), "'\\x1b' means nothing here\n  tcp and \\x1b[31m\n          ^^^^");
  const std::string far = "tcp and " + repeated("udp or ", 40) + "tpc" + repeated(" or udp", 40);
  EXPECT_EQ(
      drawn(far),
      "there is no field 'tpc'; did you mean 'tcp'?\n"
      "  ... or udp or udp or udp or udp or udp or udp or udp or udp or tpc or udp or udp or udp or udp or udp or "
      "udp or u...\n"
      "                                                                 ^^^");
  EXPECT_EQ(drawn("tcp"), "none");
}

// A random tree as the parser would make it: no list within a list of its kind, at most `depth` deep.
class RandomExpressions {
 public:
  explicit RandomExpressions(std::mt19937_64& random) : random_(random) {}

  Expression any(int depth, Expression::Kind parent = Expression::Kind::negation) {
    const auto kind = static_cast<Expression::Kind>(depth == 0 ? 0 : base::below(random_, 4));
    const bool list = kind == Expression::Kind::all || kind == Expression::Kind::any;
    if (kind == Expression::Kind::comparison || (list && kind == parent)) return comparison();
    Expression out;
    out.kind = kind;
    const std::size_t size = list ? 2 + base::below(random_, 3) : 1;
    for (std::size_t i = 0; i < size; ++i) out.operands.push_back(any(depth - 1, kind));
    return out;
  }

 private:
  Literal literal() {
    constexpr std::array<std::string_view, 6> words = {"443", "10.0.0.0/8", "2001:db8::1", "20ms", "eth-0", "ok"};
    if (base::below(random_, 2) == 0) return {std::string(words.at(base::below(random_, words.size()))), false, {}};
    return {base::random_bytes(random_, base::below(random_, 8)), true, {}};
  }
  Expression comparison() {
    Expression out;
    out.comparison.field = base::below(random_, 2) == 0 ? "tcp.port" : "text";
    out.comparison.op = static_cast<Operator>(base::below(random_, 11));
    const bool list = out.comparison.op == Operator::in || out.comparison.op == Operator::not_in;
    std::size_t count = list ? 1 + base::below(random_, 3) : 1;
    if (out.comparison.op == Operator::present) count = 0;
    for (std::size_t i = 0; i < count; ++i) {
      out.comparison.items.push_back({literal(), std::nullopt});
      if (list && base::below(random_, 3) == 0) out.comparison.items.back().high = literal();
    }
    return out;
  }

  std::mt19937_64& random_;
};

TEST(Language, WhatIsPrintedIsReadAsTheSame) {
  auto random = base::seeded_random();
  RandomExpressions expressions(random);
  for (int i = 0; i < 5'000; ++i) {
    const Expression expression = expressions.any(4);
    const std::string text = print(expression);
    if (text.size() > kMaxExpressionBytes) continue;
    const auto again = parse(text);
    ASSERT_TRUE(again) << explain_mistake(text, again.error());
    ASSERT_EQ(*again, expression) << text;
  }
}

}  // namespace
}  // namespace holter::filter
