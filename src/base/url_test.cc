#include "base/url.h"

#include <gtest/gtest.h>

namespace holter::base {
namespace {

TEST(HostPort, IsAHostAndAPort) {
  EXPECT_EQ(parse_host_port("db.example:5432"), (HostPort{"db.example", 5'432}));
  EXPECT_EQ(parse_host_port("192.0.2.1:22"), (HostPort{"192.0.2.1", 22}));
  EXPECT_EQ(parse_host_port("[2001:db8::1]:443"), (HostPort{"2001:db8::1", 443}));
  EXPECT_EQ(parse_host_port("[fe80::1%eth0]:80"), (HostPort{"fe80::1%eth0", 80}));
}

TEST(HostPort, NothingElseIsTaken) {
  for (const char* text : {"", ":", "db.example", "db.example:", ":80", "db.example:0", "db.example:65536", "a b:80",
                           "2001:db8::1:443", "[192.0.2.1]:80", "[]:80", "[fe80::1%]:80", "-x:80", "a:80 ", "a:+80"}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
}

struct UrlCase {
  const char* text;
  HttpUrl url;
};

TEST(HttpUrl, IsReadAndWrittenBack) {
  const UrlCase cases[] = {
      {"http://example.org", {false, {"example.org", 80}, "/"}},
      {"HTTPS://Example.org:8443/a/b?c=d#part", {true, {"Example.org", 8'443}, "/a/b?c=d"}},
      {"http://[::1]:8080?x", {false, {"::1", 8'080}, "/?x"}},
      {"https://192.0.2.1/%20", {true, {"192.0.2.1", 443}, "/%20"}},
      {"http://[fe80::1%25eth0]/", {false, {"fe80::1%eth0", 80}, "/"}},
  };
  for (const auto& one : cases) {
    const auto url = parse_http_url(one.text);
    ASSERT_TRUE(url) << one.text;
    EXPECT_EQ(*url, one.url) << one.text;
    EXPECT_EQ(parse_http_url(to_string(*url)).value(), *url);
  }
  EXPECT_EQ(to_string(*parse_http_url("http://[::1]:8080?x")), "http://[::1]:8080/?x");
  EXPECT_EQ(to_string(*parse_http_url("https://a:443/")), "https://a/");
}

TEST(HttpUrl, IsFollowedToWhereAReferenceLeads) {
  const auto from = parse_http_url("https://a:8443/b/c/d?q").value();
  const auto to = [&from](std::string_view reference) {
    const auto url = follow(from, reference);
    return url ? to_string(*url) : url.error().message;
  };
  // RFC 3986, 5.4
  EXPECT_EQ(to("g"), "https://a:8443/b/c/g");
  EXPECT_EQ(to("./g/"), "https://a:8443/b/c/g/");
  EXPECT_EQ(to("/g?y#s"), "https://a:8443/g?y");
  EXPECT_EQ(to("//g"), "https://g/");
  EXPECT_EQ(to("?y"), "https://a:8443/b/c/d?y");
  EXPECT_EQ(to("g?y/../x"), "https://a:8443/b/c/g?y/../x");
  EXPECT_EQ(to(""), "https://a:8443/b/c/d?q");
  EXPECT_EQ(to("#s"), "https://a:8443/b/c/d?q");
  EXPECT_EQ(to("."), "https://a:8443/b/c/");
  EXPECT_EQ(to(".."), "https://a:8443/b/");
  EXPECT_EQ(to("../../../../g"), "https://a:8443/g");
  EXPECT_EQ(to("/./g/../h"), "https://a:8443/h");
  EXPECT_EQ(to("g;x=1/../y"), "https://a:8443/b/c/y");
  EXPECT_EQ(to("http://[::1]/x"), "http://[::1]/x");
  EXPECT_EQ(to("/b\xc3\xbc cher"), "https://a:8443/b%C3%BC%20cher");
  EXPECT_EQ(to("/a:b"), "https://a:8443/a:b");
  for (const char* const other : {"ftp://g/", "file:///etc/passwd", "mailto:x@y", "javascript:alert(1)"}) {
    EXPECT_EQ(to(other), "does not begin with http:// or https://") << other;
  }
  EXPECT_EQ(to("http:g"), "does not begin with http:// or https://");
  EXPECT_EQ(to("//me@g/"), "names a user; it would be shown with every result");
  EXPECT_EQ(to("//g:0/"), "has a port that is no number from 1 to 65535");
  EXPECT_EQ(to("/\r\nHost: x"), "holds a space or a control character; write it as %XX");
  EXPECT_EQ(to("/" + std::string(3'000, 'x')), "has more than 2048 bytes");
}

TEST(HttpUrl, WhatIsWrongIsSaid) {
  const auto why = [](std::string_view text) {
    const auto url = parse_http_url(text);
    return url ? "taken" : url.error().message;
  };
  EXPECT_EQ(why(""), "does not begin with http:// or https://");
  EXPECT_EQ(why("ftp://a"), "does not begin with http:// or https://");
  EXPECT_EQ(why("http://"), "has no host");
  EXPECT_EQ(why("http:///x"), "has no host");
  EXPECT_EQ(why("http://:80/"), "has no host");
  EXPECT_EQ(why("http://a:b/"), "has a port that is no number from 1 to 65535");
  EXPECT_EQ(why("http://a:70000/"), "has a port that is no number from 1 to 65535");
  EXPECT_EQ(why("http://me:secret@a/"), "names a user; it would be shown with every result");
  EXPECT_EQ(why("http://a b/"), "holds a space or a control character; write it as %XX");
  EXPECT_EQ(why("http://b\xc3\xbc"
                "cher.example/"),
            "holds a letter that is not ASCII; write a host's name as xn--..., and the rest as %XX");
  EXPECT_EQ(why("http://a/\r\nHost: b"), why("http://a b/"));
  for (const char* const text : {"http://[fe80::1%25]/", "http://fe80::1/", "http://[192.0.2.1]/", "http://[a]/"}) {
    EXPECT_FALSE(parse_http_url(text)) << text;
  }
  EXPECT_EQ(why("http://a,b/"), "has a host that is neither a name nor an address");
  EXPECT_EQ(why("http://a/" + std::string(3'000, 'x')), "has more than 2048 bytes");
}

}  // namespace
}  // namespace holter::base
