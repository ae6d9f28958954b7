#include "wire/application/http.h"

#include <gtest/gtest.h>

#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::Listed;
using test::Values;

FrameBytes segment(std::string_view text) { return test::tcp_of(40'000, 8'080, test::bytes_of(text)); }

TEST(Http, ARequest) {
  const FrameBytes frame = segment(
      "GET /a?b=c HTTP/1.1\r\nhOST:  example.org \r\nUser-Agent: t/1\r\nCookie: secret\r\nX: y\r\nHost: other\r\n\r\n");
  Listed got = test::listed(frame);
  EXPECT_EQ(got["http.method"], Values{"GET"});
  EXPECT_EQ(got["http.uri"], Values{"/a?b=c"});
  EXPECT_EQ(got["http.version"], Values{"HTTP/1.1"});
  EXPECT_EQ(got["http.host"], Values{"example.org"});
  EXPECT_EQ(got["http.user_agent"], Values{"t/1"});
  for (const auto& [name, values] : got) {
    for (const std::string& value : values) EXPECT_EQ(value.find("secret"), std::string::npos) << name;
  }
  test::expect_no_flaw_in_any_prefix(frame);
}

TEST(Http, AResponseAndTheNextBehindItsBody) {
  Listed got = test::listed(
      segment("HTTP/1.1 404 Not Found\r\nServer: s\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody"
              "HTTP/1.0 301 \nLocation: /x\n\n"));
  EXPECT_EQ(got["http.status"], (Values{"404", "301"}));
  EXPECT_EQ(got["http.reason"], (Values{"Not Found", ""}));
  EXPECT_EQ(got["http.content_length"], Values{"4"});
  EXPECT_EQ(got["http.content_type"], Values{"text/plain"});
  EXPECT_EQ(got["http.location"], Values{"/x"});
}

TEST(Http, ABodyWithoutLengthIsNotReadAsHeads) {
  Listed got =
      test::listed(segment("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nHTTP/1.1 500 no\r\n\r\n"));
  EXPECT_EQ(got["http.status"], Values{"200"});
}

TEST(Http, NumbersThatAreNoneAreFlaws) {
  for (const std::string_view head : {"HTTP/1.1 2OO OK\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"}) {
    FieldList fields;
    const FrameBytes frame = segment(head);
    test::decode_into(fields, frame, frame.size());
    EXPECT_TRUE(test::has(fields, Anomaly::malformed_payload)) << head;
  }
}

TEST(Http, OtherTextIsNotClaimed) {
  EXPECT_FALSE(test::listed(segment("GETTING started\r\n\r\n")).contains("http"));
  EXPECT_FALSE(test::listed(segment("EHLO mail\r\n\r\n")).contains("http"));
}

TEST(Http, Ssdp) {
  Listed got =
      test::listed(test::udp_of(50'000, 1'900, test::bytes_of("M-SEARCH * HTTP/1.1 \r\nHost: h:1900\r\n\r\n")));
  EXPECT_EQ(got["http.method"], Values{"M-SEARCH"});
  EXPECT_EQ(got["http.uri"], Values{"*"});  // though a space follows the version
  EXPECT_EQ(got["http.host"], Values{"h:1900"});
}

TEST(Ssh, TheFirstLine) {
  Listed got = test::listed(test::tcp_of(22, 40'000, test::bytes_of("SSH-2.0-OpenSSH_9.2\r\nrest")));
  EXPECT_EQ(got["ssh.banner"], Values{"SSH-2.0-OpenSSH_9.2"});
}

}  // namespace
}  // namespace holter::wire
