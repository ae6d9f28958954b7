#include "probe/dns_message.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

// RFC 1035, section 4: id 0x1234, RD, one question, example.org A IN.
const std::vector<std::uint8_t> kQuery = {0x12, 0x34, 1,   0,   0,   1,   0,   0,   0,   0,   0,   0, 7, 'e', 'x',
                                          'a',  'm',  'p', 'l', 'e', 3,   'o', 'r', 'g', 0,   0,   1, 0, 1};

std::vector<std::uint8_t> answer_of(std::vector<std::uint8_t> query, std::uint8_t rcode) {
  query[2] = 0x81;
  query[3] = static_cast<std::uint8_t>(0x80 | rcode);
  query[7] = 1;
  const std::uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7};
  query.insert(query.end(), std::begin(record), std::end(record));
  return query;
}

TEST(DnsMessage, WritesAQueryAsTheRfcDraws) {
  const auto query = dns_query({"example.org", DnsType::a}, 0x1234);
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(*query, kQuery);
  EXPECT_TRUE(dns_query({".", DnsType::ns}, 1).has_value());
}

TEST(DnsMessage, RefusesNamesThatCannotBeAsked) {
  EXPECT_FALSE(dns_query({std::string(64, 'a') + ".org", DnsType::a}, 1).has_value());
  EXPECT_FALSE(dns_query({"a..b", DnsType::a}, 1).has_value());
}

TEST(DnsMessage, ReadsAnAnswer) {
  const auto answer = parse_dns_answer(answer_of(kQuery, 0));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->rcode_name, "NOERROR");
  EXPECT_EQ(answer->answers, 1u);
  EXPECT_EQ(answer->first_answer, "192.0.2.7");
  EXPECT_TRUE(answers_question(*answer, {"Example.ORG", DnsType::a}, 0x1234));
  EXPECT_FALSE(answers_question(*answer, {"example.org", DnsType::a}, 0x1235));
  EXPECT_FALSE(answers_question(*answer, {"example.net", DnsType::a}, 0x1234));
}

TEST(DnsMessage, IsNotFooledByItsOwnQueryOrByPieces) {
  const auto echo = parse_dns_answer(kQuery);
  ASSERT_TRUE(echo.has_value());
  EXPECT_FALSE(answers_question(*echo, {"example.org", DnsType::a}, 0x1234));
  const auto whole = answer_of(kQuery, 3);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto piece = parse_dns_answer(base::Bytes(whole).first(n));
    if (piece) EXPECT_LT(piece->answers, 1u) << n;
  }
}

}  // namespace
}  // namespace holter::probe
