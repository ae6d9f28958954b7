#include "describe/application_words.h"

#include <gtest/gtest.h>

#include "wire/application/stream_names.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::describe {
namespace {

using namespace std::literals;
using wire::test::kA4;
using wire::test::kB4;

void decode_into(wire::FieldList& fields, const wire::test::FrameBytes& frame) {
  decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet, {}, {.fields = &fields});
}

std::string told(const wire::test::FrameBytes& frame) {
  wire::FieldList fields;
  decode_into(fields, frame);
  return std::string(application_name(fields)) + " " + application_words(fields);
}

std::string datagram(std::uint16_t from, std::uint16_t to, std::string_view payload) {
  return told(wire::test::udp_frame({kA4, from}, {kB4, to}, payload));
}

std::string segment(std::string_view payload) {
  return told(wire::test::tcp_frame({kA4, 40'000}, {kB4, 80}, wire::kTcpAck, payload));
}

TEST(ApplicationWords, Dns) {
  constexpr auto kQuestion = "\1\2\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\x1c\0\1"sv;
  EXPECT_EQ(datagram(40'000, 53, kQuestion), "DNS query AAAA example.com");
  EXPECT_EQ(datagram(5'353, 5'353, kQuestion), "mDNS query AAAA example.com");
  EXPECT_EQ(datagram(53, 40'000, "\1\2\x81\x83\0\1\0\0\0\0\0\0\1\x1b\0\0\1\0\1"sv), "DNS answer A \\x1b: no such name");
  EXPECT_EQ(datagram(53, 40'000, "\1\2\x81\x80\0\1\0\1\0\0\0\0\1a\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\1\0\4\xc0\0\2\7"sv),
            "DNS answer A a: 192.0.2.7");
}

TEST(ApplicationWords, Others) {
  EXPECT_EQ(segment("GET /x HTTP/1.1\r\nHost: h\r\n\r\n"), "HTTP GET h /x");
  EXPECT_EQ(segment("HTTP/1.1 301 Moved\r\nLocation: /y\r\n\r\n"), "HTTP 301 Moved /y");
  EXPECT_EQ(segment("SSH-2.0-x\r\n"), "SSH SSH-2.0-x");
  EXPECT_EQ(segment("\x15\3\3\0\2\2\x28"sv), "TLS alert 40");
  EXPECT_EQ(segment("\x17\3\3\0\1x"sv), "TLS data");
  EXPECT_EQ(datagram(40'000, 123, "\x23" + std::string(47, '\0')), "NTP question stratum 0");
  EXPECT_EQ(datagram(1'985, 1'985, "\0\0\x10\3\xa\x64\5\0cisco\0\0\0\xc0\0\2\x64"sv),
            "HSRP hello group 5 active priority 100 192.0.2.100");
  EXPECT_EQ(datagram(1'985, 1'985, "\0\2\x08\3\xa\x64\5\0cisco\0\0\0\xc0\0\2\x64"sv),
            "HSRP resign group 5 standby priority 100 192.0.2.100");
  EXPECT_EQ(datagram(1'985, 1'985, "\2\4\0\1\0\2"sv), "HSRP advertisement");
  EXPECT_EQ(segment("nothing that is known"), " ");
}

TEST(StreamNames, OfAMessage) {
  wire::FieldList fields;
  decode_into(fields, wire::test::tcp_frame({kA4, 1}, {kB4, 2}, wire::kTcpAck,
                                            "GET / HTTP/1.1\r\nHost: h.example\r\nUser-Agent: u\r\n\r\n"));
  const wire::StreamNames names = wire::names_of(fields);
  EXPECT_EQ(names.service, "http");
  EXPECT_EQ(names.http_host.size(), 9u);
  EXPECT_EQ(names.user_agent.size(), 1u);
  EXPECT_TRUE(names.sni.empty() && names.ja4.empty());
}

}  // namespace
}  // namespace holter::describe
