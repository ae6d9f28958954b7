#include "imports/blackbox.h"

#include <gmock/gmock.h>

#include "imports/format.h"

namespace holter::imports {
namespace {

using base::Duration;
using record::Option;
using record::ProbeKind;
using testing::ElementsAre;

Imported of(const std::string& text) {
  const auto imported = read(Format::blackbox, {text});
  EXPECT_TRUE(imported.has_value()) << imported.error().message;
  return imported ? *imported : Imported();
}

record::ProbePlan only(const std::string& module) {
  const auto imported = of("modules:\n  m:\n" + module);
  EXPECT_EQ(imported.modules.size(), 1U);
  EXPECT_TRUE(imported.notes.empty()) << imported.notes.front().text;
  return imported.modules.empty() ? record::ProbePlan() : imported.modules.front().plan;
}

TEST(Blackbox, ModuleOfHttp) {
  const auto plan = only(R"(
    prober: http
    timeout: 1m30s
    http:
      method: POST
      body: "{}"
      valid_status_codes: [200, 404]
      valid_http_versions: ["HTTP/1.1", "HTTP/2.0"]
      headers: {Host: a.example, Accept: "*/*"}
      follow_redirects: false
      fail_if_not_ssl: true
      fail_if_body_not_matches_regexp: ["it's up"]
      fail_if_header_not_matches: [{header: Server, regexp: "^nginx", allow_missing: true}]
      basic_auth: {username: me, password: secret}
      preferred_ip_protocol: ip4
      ip_protocol_fallback: false
      tls_config: {insecure_skip_verify: true}
)");
  EXPECT_EQ(plan.name, "m");
  EXPECT_EQ(plan.kind, ProbeKind::http);
  EXPECT_EQ(plan.timeout, Duration::seconds(90));
  EXPECT_THAT(plan.expect,
              ElementsAre("status in {200, 404}", "version in {'HTTP/1.1', 'HTTP/2'}", "tls_version ~ '.'",
                          R"(body ~ 'it\'s up')", "header ~ '^server: (?:nginx)' or not header ~ '^server: '"));
  EXPECT_THAT(plan.options,
              ElementsAre(Option{"method", "POST"}, Option{"body", "{}"}, Option{"header", "Host: a.example"},
                          Option{"header", "Accept: */*"}, Option{"redirects", "0"}, Option{"user", "me:secret"},
                          Option{"ipv4", "true"}, Option{"verify", "false"}));
}

TEST(Blackbox, ModulesOfTheOtherProbers) {
  const auto tcp = only("    prober: tcp\n    tcp: {tls: true, query_response: [{send: HI}, {expect: '^OK'}]}\n");
  EXPECT_THAT(tcp.options, ElementsAre(Option{"tls", "true"}, Option{"send", "HI\\n"}));
  EXPECT_THAT(tcp.expect, ElementsAre("reply ~ '^OK'"));
  const auto banner = only("    prober: tcp\n    tcp: {query_response: [{expect: '^SSH-2.0-'}]}\n");
  EXPECT_THAT(banner.options, ElementsAre(Option{"banner", "true"}));
  EXPECT_THAT(banner.expect, ElementsAre("banner ~ '^SSH-2.0-'"));
  const auto dns = only("    prober: dns\n    dns: {query_name: a.example, query_type: MX, valid_rcodes: [NOERROR]}\n");
  EXPECT_EQ(dns.query, "a.example");
  EXPECT_THAT(dns.options, ElementsAre(Option{"type", "MX"}));
  EXPECT_THAT(dns.expect, ElementsAre("rcode == NOERROR"));
  const auto icmp = only("    prober: icmp\n    icmp: {ttl: 5, payload_size: 100, dont_fragment: true}\n");
  EXPECT_THAT(icmp.options, ElementsAre(Option{"ttl", "5"}, Option{"size", "100"}, Option{"whole", "true"}));
}

TEST(Blackbox, WhatIsNotTakenIsNotedWithItsLine) {
  const auto imported =
      of("modules:\n  g:\n    prober: grpc\n  w:\n    prober: http\n    http:\n      colour: red\n"
         "      preferred_ip_protocol: ip6\n      bearer_token_file: x\n    speed: 3\nother: 1\n");
  std::vector<std::string> notes;
  for (const auto& note : imported.notes) notes.push_back(std::to_string(note.line) + ' ' + note.text);
  EXPECT_THAT(notes, ElementsAre("11 'other' has no counterpart here",
                                 "2 module 'g': there is no prober 'grpc' here; nothing of it",
                                 "7 module 'w': http: 'colour' has no counterpart here",
                                 "8 module 'w': http: 'preferred_ip_protocol' has no counterpart: of several addresses "
                                 "the first that answers is taken",
                                 "9 module 'w': http: 'bearer_token_file' has no counterpart here",
                                 "10 module 'w': 'speed' has no counterpart here"));
}

TEST(Blackbox, TargetsOfPrometheusBecomeProbes) {
  constexpr const char* kPrometheus = R"(
global: {scrape_interval: 15s}
scrape_configs:
  - job_name: web
    metrics_path: /probe
    params: {module: [m]}
    static_configs:
      - targets: [a.example, "https://b.example"]
        labels: {site: attic}
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {target_label: zone, replacement: x}
    file_sd_configs: []
  - job_name: node
    static_configs: [{targets: ["a:9100"]}]
)";
  const auto imported = read(std::nullopt, {"modules: {m: {prober: http}}", kPrometheus});
  ASSERT_TRUE(imported.has_value()) << imported.error().message;
  ASSERT_EQ(imported->probes.size(), 2U);
  const auto& plan = imported->probes[0].plan;
  EXPECT_EQ(imported->probes[0].line, 8U);
  EXPECT_EQ(plan.name, "web a.example");
  EXPECT_EQ(plan.target, "http://a.example");
  EXPECT_EQ(plan.interval, Duration::seconds(15));
  EXPECT_EQ(plan.labels, (record::Labels{{"site", "attic"}}));
  EXPECT_EQ(imported->probes[1].plan.target, "https://b.example");
  EXPECT_EQ(
      imported->notes,
      (std::vector<Note>{{12, "job 'web': a rule of relabel_configs for 'zone' has no counterpart here", true},
                         {13, "job 'web': 'file_sd_configs' has no counterpart here", true},
                         {14, "job 'node': is no job of blackbox_exporter (its metrics_path is not /probe)", true}}));
}

}  // namespace
}  // namespace holter::imports
