#include "probe/http/options.h"

#include <gtest/gtest.h>

#include "probe/target.h"

namespace holter::probe {
namespace {

using record::ProbeKind;

TEST(HttpTarget, GetsTheSchemeOfItsKind) {
  const auto url = [](ProbeKind kind, const std::string& target) {
    const auto taken = http_target(kind, target);
    return taken ? base::to_string(taken->url) : taken.error().message;
  };
  EXPECT_EQ(url(ProbeKind::https, "example.org"), "https://example.org/");
  EXPECT_EQ(url(ProbeKind::http, "example.org:8080/a?b"), "http://example.org:8080/a?b");
  EXPECT_EQ(url(ProbeKind::http, "https://example.org/"), "https://example.org/");
  EXPECT_EQ(url(ProbeKind::https, "[2001:db8::1]"), "https://[2001:db8::1]/");
  EXPECT_EQ(url(ProbeKind::http, "http://[fe80::1%25eth0]/"), "http://[fe80::1%25eth0]/");
  EXPECT_EQ(url(ProbeKind::https, "http://example.org/"), "is plain http; that is the kind http");
  for (const char* const other : {"file:///etc/passwd", "ftp://example.org/", "://x"}) {
    EXPECT_EQ(url(ProbeKind::http, other), "does not begin with http:// or https://") << other;
  }
  EXPECT_TRUE(target_mistake(ProbeKind::https, ""));
  EXPECT_TRUE(target_mistake(ProbeKind::https,
                             "b\xc3\xbc"
                             "cher.example"));
  EXPECT_TRUE(target_mistake(ProbeKind::https, std::string(3'000, 'a')));
  EXPECT_FALSE(target_mistake(ProbeKind::https, "xn--bcher-kva.example"));
}

TEST(HttpTarget, ItsUserIsTakenOut) {
  const auto target = http_target(ProbeKind::https, "ann:secret@example.org/x").value();
  EXPECT_EQ(base::to_string(target.url), "https://example.org/x");
  EXPECT_EQ(target.user, (base::UrlUser{"ann", "secret"}));
}

TEST(HttpOptions, WhatIsWrongIsSaid) {
  const auto why = [](record::Options given) {
    record::ProbePlan plan;
    plan.kind = ProbeKind::http;
    plan.options = std::move(given);
    return http_options_mistake(plan).value_or("nothing");
  };
  EXPECT_EQ(why({}), "nothing");
  EXPECT_EQ(why({{"method", "G ET"}}), "method is a word such as GET, HEAD, POST or OPTIONS");
  EXPECT_EQ(why({{"method", "CONNECT"}}), "method is a word such as GET, HEAD, POST or OPTIONS");
  EXPECT_EQ(why({{"header", "no colon"}}), "header is NAME: VALUE, without control characters");
  EXPECT_EQ(why({{"header", "A: b\r\nC: d"}}), "header is NAME: VALUE, without control characters");
  EXPECT_EQ(why({{"header", "Content-length: 7"}}), "header content-length is holter's own");
  EXPECT_EQ(why({{"user", "ann"}}), "user is NAME:PASSWORD, without control characters");
  EXPECT_EQ(why({{"user", "a:b"}, {"bearer", "c"}}), "user and bearer go not together");
  EXPECT_EQ(why({{"bearer", "a b"}}), "bearer is a token without spaces");
  EXPECT_EQ(why({{"http_version", "3"}}), "http_version is 1.1 or 2");
  EXPECT_EQ(why({{"redirects", "51"}}), "redirects is at most 50");
  EXPECT_EQ(why({{"json_path", "a"}}),
            "json_path is a path such as $.status, $.items[0].id, $['odd name'] or $.items[*]");
  EXPECT_EQ(why({{"proxy", "https://p/"}}), "proxy begins with http://; https is not spoken with proxies");
  EXPECT_EQ(why({{"proxy", "p:3128"}}), "proxy does not begin with http:// or https://");
  EXPECT_EQ(why({{"unix_socket", "x"}}), "unix_socket is an absolute path of at most 107 bytes");
  EXPECT_EQ(why({{"unix_socket", "/x"}, {"proxy", "http://p"}}), "unix_socket and proxy go not together");
  EXPECT_EQ(why({{"key", "/x"}}), "key belongs to a certificate");
  EXPECT_EQ(why({{"verify", "no"}}), "verify is true or false");
}

TEST(HttpOptions, MakeTheRequest) {
  record::ProbePlan plan;
  plan.kind = ProbeKind::http;
  plan.target = "ann:secret@example.org";
  plan.options = {
      {"header", "X-Empty:"}, {"header", "X-A:  b c "}, {"user", "bob:pw"},       {"http_version", "2"},
      {"verify", "false"},    {"ca_file", "/ca"},       {"certificate", "/cert"}, {"proxy", "http://u:p@proxy:3128"},
      {"json_path", "$.a"},   {"redirects", "3"},       {"dscp", "46"},           {"ipv4", "true"}};
  const auto order = http_order(plan).value();
  const env::HttpHeaders headers = {{"X-Empty", ""}, {"X-A", "b c"}, {"Authorization", "Basic Ym9iOnB3"}};
  EXPECT_EQ(order.request.headers, headers);
  EXPECT_EQ(order.request.method, "GET");
  EXPECT_EQ(order.request.version, env::HttpVersion::http2);
  EXPECT_EQ(order.request.trust, (env::HttpTrust{false, "/ca", "/cert", ""}));
  EXPECT_EQ(base::to_string(*order.proxy), "http://proxy:3128/");
  EXPECT_EQ(order.redirects, 3U);
  EXPECT_EQ(order.json_paths.size(), 1U);
  EXPECT_EQ(order.request.egress.dscp, 46);
  EXPECT_EQ(order.way.family, base::IpAddress::Family::v4);
}

}  // namespace
}  // namespace holter::probe
