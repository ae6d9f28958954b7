#include "api/blackbox_metrics.h"

#include <gmock/gmock.h>

namespace holter::api {
namespace {

using base::Duration;
using record::Phase;
using record::ProbeKind;
using testing::HasSubstr;
using testing::Not;

record::ProbeResult answered(ProbeKind kind) {
  record::ProbeResult result;
  result.kind = kind;
  result.address = "127.0.0.1";
  result.started = base::WallTime::from_nanoseconds(1'700'000'000'000'000'000);
  result.rtt = Duration::milliseconds(3);
  result.phases[static_cast<std::size_t>(Phase::resolve)] = Duration::milliseconds(1);
  result.phases[static_cast<std::size_t>(Phase::first_byte)] = Duration::milliseconds(2);
  return result;
}

std::string metrics(const record::ProbeResult& result) { return blackbox_metrics(result, Duration::milliseconds(5)); }

TEST(BlackboxMetrics, OfAnIcmpProbe) {
  auto result = answered(ProbeKind::icmp);
  add_fact(result.facts, "ttl", std::int64_t{64});
  EXPECT_EQ(metrics(result),
            "# HELP probe_dns_lookup_time_seconds Returns the time taken for probe dns lookup in seconds\n"
            "# TYPE probe_dns_lookup_time_seconds gauge\n"
            "probe_dns_lookup_time_seconds 0.001\n"
            "# HELP probe_duration_seconds Returns how long the probe took to complete in seconds\n"
            "# TYPE probe_duration_seconds gauge\n"
            "probe_duration_seconds 0.005\n"
            "# HELP probe_icmp_duration_seconds Duration of icmp request by phase\n"
            "# TYPE probe_icmp_duration_seconds gauge\n"
            "probe_icmp_duration_seconds{phase=\"resolve\"} 0.001\n"
            "probe_icmp_duration_seconds{phase=\"rtt\"} 0.003\n"
            "probe_icmp_duration_seconds{phase=\"setup\"} 0.001\n"
            "# HELP probe_icmp_reply_hop_limit Replied packet hop limit (TTL for ipv4)\n"
            "# TYPE probe_icmp_reply_hop_limit gauge\n"
            "probe_icmp_reply_hop_limit 64\n"
            "# HELP probe_ip_addr_hash Specifies the hash of IP address. It's useful to detect if the IP address "
            "changes.\n"
            "# TYPE probe_ip_addr_hash gauge\n"
            "probe_ip_addr_hash 3668918509\n"
            "# HELP probe_ip_protocol Specifies whether probe ip protocol is IP4 or IP6\n"
            "# TYPE probe_ip_protocol gauge\n"
            "probe_ip_protocol 4\n"
            "# HELP probe_success Displays whether or not the probe was a success\n"
            "# TYPE probe_success gauge\n"
            "probe_success 1\n");
}

TEST(BlackboxMetrics, OfAnHttpProbeOverTls) {
  auto result = answered(ProbeKind::http);
  result.address = "::1";
  add_fact(result.facts, "status", std::int64_t{204});
  add_fact(result.facts, "version", base::UntrustedText("HTTP/1.1"));
  add_fact(result.facts, "tls_version", base::UntrustedText("TLSv1.3"));
  add_fact(result.facts, "certificate_left", Duration::hours(1));
  add_fact(result.facts, "last_modified", std::int64_t{1'500'000'000});
  const std::string text = metrics(result);
  for (const char* const sample :
       {"probe_http_status_code 204\n", "probe_http_version 1.1\n", "probe_http_ssl 1\n", "probe_ip_protocol 6\n",
        "probe_http_redirects 0\n", "probe_http_last_modified_timestamp_seconds 1500000000\n",
        "probe_ssl_earliest_cert_expiry 1700003600\n", "probe_tls_version_info{version=\"TLS 1.3\"} 1\n",
        "probe_http_duration_seconds{phase=\"processing\"} 0.002\n", "probe_http_duration_seconds{phase=\"tls\"} 0\n",
        "probe_failed_due_to_regex 0\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + sample));
  }
}

TEST(BlackboxMetrics, OfAFailureHaveNoTimes) {
  record::ProbeResult result;
  result.kind = ProbeKind::http;
  result.outcome = record::Outcome::resolve_failed;
  const std::string text = metrics(result);
  for (const char* const sample : {"probe_success 0\n", "probe_http_status_code 0\n", "probe_http_version 0\n",
                                   "probe_ip_protocol 0\n", "probe_ip_addr_hash 0\n", "probe_http_ssl 0\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + sample));
  }
  EXPECT_THAT(text, Not(HasSubstr("probe_ssl_earliest_cert_expiry")));
}

TEST(BlackboxMetrics, OfADnsProbe) {
  auto result = answered(ProbeKind::dns);
  result.outcome = record::Outcome::unexpected;
  add_fact(result.facts, "rcode", base::UntrustedText("NXDOMAIN"));
  add_fact(result.facts, "answers", std::int64_t{2});
  add_fact(result.facts, "authority", std::int64_t{1});
  add_fact(result.facts, "additional", std::int64_t{3});
  const std::string text = metrics(result);
  for (const char* const sample :
       {"probe_success 0\n", "probe_dns_query_succeeded 1\n", "probe_dns_answer_rrs 2\n", "probe_dns_authority_rrs 1\n",
        "probe_dns_additional_rrs 3\n", "probe_dns_duration_seconds{phase=\"request\"} 0.002\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + sample));
  }
}

TEST(BlackboxMetrics, SayWhetherARegexWasNotMatched) {
  auto result = answered(ProbeKind::http);
  result.outcome = record::Outcome::unexpected;
  result.detail =
      base::UntrustedText("expected status == 200, found status 404\nexpected body ~ 'up', found body \"x\"");
  EXPECT_THAT(metrics(result), HasSubstr("probe_failed_due_to_regex 1\n"));
  result.detail = base::UntrustedText("expected status == 200, found version \" ~ \"");
  EXPECT_THAT(metrics(result), HasSubstr("probe_failed_due_to_regex 0\n"));
}

TEST(BlackboxMetrics, OfOtherKindsAreTheirFacts) {
  auto result = answered(ProbeKind::ntp);
  add_fact(result.facts, "ttl", std::int64_t{3});
  add_fact(result.facts, "certificate_left", Duration::zero() - Duration::milliseconds(2));
  const std::string text = metrics(result);
  for (const char* const sample :
       {"probe_ntp_rtt_seconds 0.003\n", "probe_ntp_ttl 3\n", "probe_ntp_certificate_left_seconds -0.002\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + sample));
  }
}

}  // namespace
}  // namespace holter::api
