#include "probe/tcp/starttls.h"

#include <gtest/gtest.h>

#include <vector>

#include "probe/tcp/ldap_answer.h"

namespace holter::probe {
namespace {

using namespace std::string_literals;
using base::ErrorKind;

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// What was said, and how it ended: "ready", or the error.
struct Talk {
  std::vector<std::string> said;
  std::string end = "waits";
  std::string greeting;
};

Talk talk(std::string_view protocol, const std::vector<std::string>& pieces) {
  StartTls starttls(parse_starttls(protocol).value(), "mail.example");
  Talk talk;
  if (!starttls.opening().empty()) talk.said.push_back(starttls.opening());
  for (const auto& piece : pieces) {
    const auto answer = starttls.take(bytes_of(piece));
    if (!answer) {
      talk.end = answer.error().message;
      return talk;
    }
    if (!answer->empty()) talk.said.push_back(*answer);
    if (starttls.ready()) talk.end = "ready";
  }
  talk.greeting = starttls.greeting();
  return talk;
}

// The same bytes one by one.
std::vector<std::string> dripped(const std::vector<std::string>& pieces) {
  std::vector<std::string> drops;
  for (const auto& piece : pieces) {
    for (const char c : piece) drops.emplace_back(1, c);
  }
  return drops;
}

using Words = std::vector<std::string>;

constexpr const char* kXmppFeatures =
    "<?xml version='1.0'?><stream:stream id='1'><stream:features><starttls "
    "xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>";
const std::string kXmppAsk = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const std::string kXmppOpening =
    "<?xml version='1.0'?><stream:stream to='mail.example' version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>";
const std::string kLdapSuccess = "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"s;

struct Case {
  std::string protocol;
  Words pieces;
  Words said;
};

const std::vector<Case> kGood = {
    {"smtp",
     {"220-mail.example\r\n220 ESMTP\r\n", "250-mail.example\r\n250-starttls\r\n250 SIZE\r\n", "220 go\r\n"},
     {"EHLO holter.invalid\r\n", "STARTTLS\r\n"}},
    {"imap", {"* OK ready\r\n", "* CAPABILITY IMAP4\r\na1 OK begin\r\n"}, {"a1 STARTTLS\r\n"}},
    {"pop3", {"+OK ready\r\n", "+OK begin\r\n"}, {"STLS\r\n"}},
    {"ftp", {"220-a\r\n 220 b\r\n123 c\r\n220 d\r\n", "234 begin\r\n"}, {"AUTH TLS\r\n"}},
    {"ldap", {kLdapSuccess}, {ldap_starttls()}},
    {"xmpp", {kXmppFeatures, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"}, {kXmppOpening, kXmppAsk}},
    {"xmpp", {kXmppFeatures, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>"}, {kXmppOpening, kXmppAsk}},
    {"postgres", {"S"}, {"\x00\x00\x00\x08\x04\xd2\x16\x2f"s}},
};

TEST(StartTls, SpeaksEachProtocolUpToTls) {
  for (const auto& good : kGood) {
    const Talk whole = talk(good.protocol, good.pieces);
    EXPECT_EQ(whole.end, "ready") << good.protocol;
    EXPECT_EQ(whole.said, good.said) << good.protocol;
    const Talk drops = talk(good.protocol, dripped(good.pieces));
    EXPECT_EQ(drops.end, "ready") << good.protocol;
    EXPECT_EQ(drops.said, good.said) << good.protocol;
  }
  EXPECT_FALSE(parse_starttls("http"));
}

TEST(StartTls, IsNotReadyBeforeTheLastByte) {
  for (const auto& good : kGood) {
    auto drops = dripped(good.pieces);
    drops.pop_back();
    EXPECT_EQ(talk(good.protocol, drops).end, "waits") << good.protocol;
  }
}

TEST(StartTls, TakesNothingBehindTheGoAhead) {
  for (auto bad : kGood) {
    bad.pieces.back() += "X\r\n";
    EXPECT_TRUE(talk(bad.protocol, bad.pieces).end.starts_with("bytes came in the clear behind")) << bad.protocol;
  }
}

TEST(StartTls, TellsTheGreeting) {
  EXPECT_EQ(talk("smtp", {"220 mail.example ESMTP\r\n"}).greeting, "220 mail.example ESMTP");
  EXPECT_EQ(talk("imap", {"* OK here\n"}).greeting, "* OK here");
  EXPECT_EQ(talk("ldap", {kLdapSuccess}).greeting, "");
}

TEST(StartTls, SaysWhyThereIsNoTls) {
  const std::vector<Case> kBad = {
      {"smtp", {"554 no\r\n"}, {R"(the peer refuses TLS: "554 no")"}},
      {"smtp", {"220 hi\r\n250 mail.example\r\n"}, {"the peer does not offer STARTTLS"}},
      {"smtp", {"220 hi\r\n250 STARTTLS\r\n454 later\r\n"}, {R"(the peer refuses TLS: "454 later")"}},
      {"smtp", {"SSH-2.0-x\r\n"}, {R"(what came is not of this protocol: "SSH-2.0-x")"}},
      {"imap", {"* PREAUTH in\r\n"}, {R"(the peer refuses TLS: "* PREAUTH in")"}},
      {"imap", {"* OK hi\r\na1 BAD what\r\n"}, {R"(the peer refuses TLS: "a1 BAD what")"}},
      {"imap", {"+OK hi\r\n"}, {R"(what came is not of this protocol: "+OK hi")"}},
      {"pop3", {"+OK hi\r\n-ERR \x1b[2J\r\n"}, {R"(the peer refuses TLS: "-ERR \x1b[2J")"}},
      {"ftp", {"220 hi\r\n500 what\r\n"}, {R"(the peer refuses TLS: "500 what")"}},
      {"ftp", {"2200 hi\r\n"}, {R"(what came is not of this protocol: "2200 hi")"}},
      {"ldap",
       {"\x30\x0e\x02\x01\x01\x78\x09\x0a\x01\x34\x04\x00\x04\x02no"s},
       {R"(the peer refuses TLS: result 52 "no")"}},
      {"ldap", {"HTTP/1.1 400"}, {"what came is no answer of LDAP"}},
      {"xmpp", {"<stream:stream><stream:error>"}, {R"(the peer refuses TLS: "<stream:stream><stream:error>")"}},
      {"xmpp", {"<stream:stream><stream:features></stream:features>"}, {"the peer does not offer STARTTLS"}},
      {"xmpp", {std::string(kXmppFeatures) + "<failure/>"}, {"waits"}},
      {"xmpp", {std::string(kXmppFeatures), "<failure/>"}, {R"(the peer refuses TLS: "<failure/>")"}},
      {"postgres", {"N"}, {"the peer does not offer TLS"}},
      {"postgres", {"H"}, {R"(what came is not of this protocol: "H")"}},
  };
  for (const auto& bad : kBad) EXPECT_EQ(talk(bad.protocol, bad.pieces).end, bad.said.front()) << bad.protocol;
}

TEST(StartTls, EndsWithoutAnEnd) {
  const std::string endless(kMaxStartTlsBytes + 1, '2');
  for (const char* const protocol : {"smtp", "imap", "pop3", "ftp"}) {
    EXPECT_EQ(talk(protocol, {endless}).end, "more than 16 KiB came before TLS") << protocol;
  }
}

TEST(StartTls, AHostCannotWriteXml) {
  StartTls starttls(StartTlsProtocol::xmpp, "a'><b>&");
  EXPECT_NE(starttls.opening().find("to='a&apos;>&lt;b>&amp;'"), std::string::npos) << starttls.opening();
}

TEST(LdapAnswer, IsReadWithinItsLengths) {
  const auto parsed = [](std::string_view bytes) { return parse_ldap_answer(bytes_of(bytes)); };
  for (std::size_t n = 0; n < kLdapSuccess.size(); ++n) {
    const auto cut = parsed(std::string_view(kLdapSuccess).substr(0, n));
    ASSERT_TRUE(cut) << n;
    EXPECT_FALSE(*cut) << n;
  }
  ASSERT_TRUE(*parsed(kLdapSuccess));
  EXPECT_EQ((*parsed(kLdapSuccess))->size, kLdapSuccess.size());
  // Lengths of several bytes, and lengths that lead out of their element.
  EXPECT_TRUE(*parsed("\x30\x82\x00\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"s));
  EXPECT_FALSE(parsed("\x30\x0c\x02\x01\x01\x78\x08\x0a\x01\x00\x04\x00\x04\x00"s));
  EXPECT_FALSE(parsed("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x01"s));
  EXPECT_FALSE(parsed("\x30\x85\x00\x00\x00\x00\x00\x00"s));
  EXPECT_FALSE(parsed("\x30\x00"s));
}

}  // namespace
}  // namespace holter::probe
