#include "probe/target.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using record::ProbeKind;

TEST(Target, EachKindTakesItsOwnForm) {
  for (const char* host : {"192.0.2.1", "2001:db8::1", "fe80::1%eth0", "router.example", "localhost"}) {
    EXPECT_EQ(target_mistake(ProbeKind::icmp, host), std::nullopt) << host;
    EXPECT_EQ(target_mistake(ProbeKind::dns, host), std::nullopt) << host;
  }
  for (const char* host : {"192.0.2.1", "2001:db8::1", "[2001:db8::1]:5353", "192.0.2.1:5353", "a.example:123"}) {
    EXPECT_EQ(target_mistake(ProbeKind::dns, host), std::nullopt) << host;
    EXPECT_EQ(target_mistake(ProbeKind::ntp, host), std::nullopt) << host;
  }
  EXPECT_EQ(target_mistake(ProbeKind::dns, "https://dns.example/dns-query"), std::nullopt);
  EXPECT_EQ(target_mistake(ProbeKind::tcp, "db.example:5432"), std::nullopt);
  EXPECT_EQ(target_mistake(ProbeKind::http, "https://example.org/health?deep=1"), std::nullopt);
}

TEST(Target, WhatIsWrongIsSaidByKind) {
  EXPECT_EQ(target_mistake(ProbeKind::icmp, ""), "is empty");
  EXPECT_EQ(target_mistake(ProbeKind::icmp, "http://a"), "is a URL; give the name or the address of a host");
  EXPECT_EQ(target_mistake(ProbeKind::icmp, "a:80"), "has a port; give the name or the address alone");
  EXPECT_EQ(target_mistake(ProbeKind::icmp, "a b"), "is neither the name nor an address of a host");
  EXPECT_EQ(target_mistake(ProbeKind::dns, "a b"),
            "is neither the name nor an address of a resolver, as 192.0.2.1, 192.0.2.1:5353 or dns.example, nor a URL");
  EXPECT_EQ(target_mistake(ProbeKind::dns, "https://me:secret@a/"),
            "names a user; it would be shown with every result");
  EXPECT_EQ(target_mistake(ProbeKind::ntp, "ntp://a"),
            "is neither the name nor an address of a host, as ntp.example, 192.0.2.1 or 192.0.2.1:1123");
  EXPECT_EQ(target_mistake(ProbeKind::tcp, "a"), "needs a port, as db.example:5432 or [2001:db8::1]:443");
  EXPECT_EQ(target_mistake(ProbeKind::tcp, "a:b:1"), "is not HOST:PORT, as db.example:5432 or [2001:db8::1]:443");
  EXPECT_EQ(target_mistake(ProbeKind::tcp, "http://a/"), "is a URL; give HOST:PORT, as db.example:5432");
  EXPECT_EQ(target_mistake(ProbeKind::http, "file:///x"), "does not begin with http:// or https://");
}

}  // namespace
}  // namespace holter::probe
