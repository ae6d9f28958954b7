#include "http/codec.h"

#include <gtest/gtest.h>

namespace holter::http {
namespace {

base::Bytes bytes_of(std::string_view text) {
  return base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

TEST(RequestParser, TakesARequestThatComesByteByByte) {
  const std::string_view text = "GET /api/v1/results?probe=a%20b+c&limit=5 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  RequestParser parser;
  for (std::size_t i = 0; i < text.size(); ++i) {
    ASSERT_FALSE(parser.take().has_value());
    ASSERT_TRUE(parser.feed(bytes_of(text.substr(i, 1))).has_value());
  }
  const auto request = parser.take();
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->path, "/api/v1/results");
  EXPECT_EQ(request->query.at("probe"), "a b c");
  EXPECT_EQ(request->query.at("limit"), "5");
  EXPECT_EQ(request->header("host"), "localhost");
  EXPECT_TRUE(request->keep_alive);
}

TEST(RequestParser, TakesPipelinedRequestsOneByOne) {
  RequestParser parser;
  ASSERT_TRUE(
      parser.feed(bytes_of("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")).has_value());
  EXPECT_EQ(parser.take().value().path, "/a");
  EXPECT_EQ(parser.take().value().path, "/b");
  EXPECT_FALSE(parser.take().has_value());
  EXPECT_FALSE(parser.in_message());
}

TEST(RequestParser, RefusesWhatIsNotHttp) {
  RequestParser parser;
  const auto fed = parser.feed(bytes_of("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  ASSERT_FALSE(fed.has_value());
  EXPECT_EQ(fed.error().kind, base::ErrorKind::invalid);
}

TEST(RequestParser, RefusesHeadersAndBodiesOverTheLimit) {
  RequestParser long_header;
  const std::string header = "GET / HTTP/1.1\r\nX: " + std::string(kMaxHeaderBytes + 1, 'a') + "\r\n\r\n";
  auto fed = long_header.feed(bytes_of(header));
  ASSERT_FALSE(fed.has_value());
  EXPECT_EQ(fed.error().kind, base::ErrorKind::too_large);

  RequestParser long_body;
  fed = long_body.feed(bytes_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nx"));
  ASSERT_FALSE(fed.has_value());
  EXPECT_EQ(fed.error().kind, base::ErrorKind::too_large);
}

TEST(RequestParser, SurvivesEveryPrefixAndBrokenEscapes) {
  const std::string_view text = "POST /%41?x=%zz HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  for (std::size_t n = 0; n <= text.size(); ++n) {
    RequestParser parser;
    (void)parser.feed(bytes_of(text.substr(0, n)));
    const auto request = parser.take();
    EXPECT_EQ(request.has_value(), n == text.size());
    if (request) EXPECT_EQ(request->path, "");
  }
}

TEST(ResponseParser, ReadsWhatSerializeWrote) {
  Response response = json_response(R"({"a":1})", 404);
  const std::string text = serialize(response, false);
  EXPECT_NE(text.find("Content-Length: 7"), std::string::npos) << text;
  ResponseParser parser;
  ASSERT_TRUE(parser.feed(bytes_of(text)).has_value());
  ASSERT_TRUE(parser.is_done());
  const Response read = parser.take();
  EXPECT_EQ(read.status, 404);
  EXPECT_EQ(read.content_type, "application/json");
  EXPECT_EQ(read.body, R"({"a":1})");
}

TEST(ResponseParser, ABodyThatIsTakenWhileItComesHasNoLimit) {
  ResponseParser parser;
  EXPECT_EQ(parser.status(), 0);
  ASSERT_TRUE(parser.feed(bytes_of("HTTP/1.1 200 OK\r\n\r\n")));
  EXPECT_EQ(parser.status(), 200);
  const std::string piece(1 << 20, 'x');
  std::size_t taken = parser.take_body().size();
  for (int i = 0; i < 70; ++i) {
    ASSERT_TRUE(parser.feed(bytes_of(piece)));
    taken += parser.take_body().size();
  }
  EXPECT_EQ(taken, 70U << 20);
}

TEST(PercentDecode, KeepsPlusInPathsAndRefusesBrokenEscapes) {
  EXPECT_EQ(percent_decode("a+b%2Fc", false), "a+b/c");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  EXPECT_EQ(percent_decode("%4", true), std::nullopt);
  EXPECT_EQ(percent_decode("%zz", true), std::nullopt);
}

}  // namespace
}  // namespace holter::http
