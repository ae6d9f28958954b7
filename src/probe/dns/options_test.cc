#include "probe/dns/options.h"

#include <gtest/gtest.h>

#include "probe/dns/chain.h"

namespace holter::probe {
namespace {

record::ProbePlan plan_with(std::string query, record::Options options = {}) {
  record::ProbePlan plan;
  plan.kind = record::ProbeKind::dns;
  plan.query = std::move(query);
  plan.options = std::move(options);
  return plan;
}

DnsQuestion question(std::string query, const std::string& resolver, record::Options given = {}) {
  const auto plan = plan_with(std::move(query), std::move(given));
  const auto options = read_options<DnsOptions>(plan.kind, kDnsOptions, plan.options);
  EXPECT_TRUE(options.has_value());
  return dns_question(plan, *options, resolver);
}

std::string mistake(record::Options given) {
  const auto options = read_options<DnsOptions>(record::ProbeKind::dns, kDnsOptions, given);
  return options ? "none" : options.error().message;
}

TEST(DnsOptions, WithoutAQueryAnAddressIsAskedForTheRootAndANameForItself) {
  EXPECT_EQ(question("", "192.0.2.1"), (DnsQuestion{".", DnsType::ns}));
  EXPECT_EQ(question("", "2001:db8::1"), (DnsQuestion{".", DnsType::ns}));
  EXPECT_EQ(question("", "dns.example"), (DnsQuestion{"dns.example", DnsType::a}));
}

TEST(DnsOptions, AQueryIsAskedForItsAddressesOrWhatTheTypeSays) {
  EXPECT_EQ(question("example.org", "192.0.2.1"), (DnsQuestion{"example.org", DnsType::a}));
  EXPECT_EQ(question(".", "dns.example"), (DnsQuestion{".", DnsType::ns}));
  EXPECT_EQ(question(".", "192.0.2.1", {{"type", "DNSKEY"}}), (DnsQuestion{".", DnsType::dnskey}));
  EXPECT_EQ(question("192.0.2.7", "192.0.2.1", {{"type", "PTR"}}),
            (DnsQuestion{"7.2.0.192.in-addr.arpa.", DnsType::ptr}));
  EXPECT_EQ(question("a.example", "192.0.2.1", {{"type", "ptr"}}), (DnsQuestion{"a.example", DnsType::ptr}));
}

TEST(DnsOptions, TheResolverHasThePortOfItsTransportUnlessItsTargetSays) {
  const auto at = [](const std::string& target, std::optional<DnsTransport> transport) {
    const auto resolver = dns_resolver(target, transport);
    return resolver.host + ' ' + std::to_string(resolver.port) + ' ' + resolver.url;
  };
  EXPECT_EQ(at("192.0.2.1", DnsTransport::udp), "192.0.2.1 53 ");
  EXPECT_EQ(at("2001:db8::1", DnsTransport::tcp), "2001:db8::1 53 ");
  EXPECT_EQ(at("dns.example", DnsTransport::dot), "dns.example 853 ");
  EXPECT_EQ(at("[2001:db8::1]:5353", DnsTransport::udp), "2001:db8::1 5353 ");
  EXPECT_EQ(at("dns.example", DnsTransport::doh), "dns.example 443 https://dns.example/dns-query");
  EXPECT_EQ(at("[2001:db8::1]:8443", DnsTransport::doh), "2001:db8::1 8443 https://[2001:db8::1]:8443/dns-query");
  EXPECT_EQ(at("https://dns.example/q", std::nullopt), "dns.example 443 https://dns.example/q");
  EXPECT_EQ(dns_resolver("https://dns.example/q", std::nullopt).transport, DnsTransport::doh);
}

TEST(DnsOptions, WhatIsWrongIsSaid) {
  EXPECT_EQ(mistake({{"transport", "quic"}}), "transport is udp, tcp, dot or doh");
  EXPECT_EQ(mistake({{"type", "AXFR"}}), "type is no type that can be asked for, such as AAAA, MX or TYPE65");
  EXPECT_EQ(mistake({{"edns", "511"}}), "edns is a number of bytes from 512 to 65535");
  EXPECT_EQ(mistake({{"edns", "65536"}}), "edns is a number of bytes from 512 to 65535");
  EXPECT_EQ(mistake({{"recurse", "no"}}), "recurse is true or false");
  EXPECT_EQ(mistake({{"edns", "4096"}, {"dnssec", "true"}, {"nsid", "true"}, {"recurse", "false"}}), "none");
}

TEST(DnsOptions, WhatDoesNotGoTogetherIsSaid) {
  const auto mistake_in = [](std::string target, record::Options given) {
    auto plan = plan_with("", std::move(given));
    plan.target = std::move(target);
    return read_options<DnsOptions>(plan.kind, kDnsOptions, plan.options)->mistake_in(plan).value_or("none");
  };
  EXPECT_EQ(mistake_in("https://dns.example/q", {{"transport", "tcp"}}), "a URL is asked by transport doh");
  EXPECT_EQ(mistake_in("https://dns.example/q", {{"transport", "doh"}}), "none");
  EXPECT_EQ(mistake_in("https://dns.example/q", {}), "none");
  EXPECT_EQ(mistake_in("192.0.2.1", {{"transport", "tcp"}}), "none");
  const std::string anchor(dns_root_anchors().front());
  EXPECT_EQ(mistake_in("192.0.2.1", {{"anchor", anchor}}), "anchor is for validate");
  EXPECT_EQ(mistake_in("192.0.2.1", {{"anchor", anchor}, {"validate", "true"}}), "none");
}

}  // namespace
}  // namespace holter::probe
