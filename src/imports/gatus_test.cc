#include "imports/gatus.h"

#include <gmock/gmock.h>

#include "imports/format.h"
#include "imports/gatus_condition.h"

namespace holter::imports {
namespace {

using base::Duration;
using record::Option;
using record::ProbeKind;
using testing::ElementsAre;

Imported of(const std::string& text) {
  const auto imported = read(std::nullopt, {text});
  EXPECT_TRUE(imported.has_value()) << imported.error().message;
  return imported ? *imported : Imported();
}

std::string expectation(std::string_view condition) {
  const auto read = read_condition(condition);
  if (const auto* why = std::get_if<std::string>(&read)) return "not: " + *why;
  const auto& taken = std::get<GatusCondition>(read);
  return taken.json_path.empty() ? taken.expect : taken.json_path + ": " + taken.expect;
}

TEST(Gatus, ConditionsBecomeExpectations) {
  EXPECT_EQ(expectation("[STATUS] == 200"), "status == 200");
  EXPECT_EQ(expectation("[STATUS] == any(200, 429)"), "status in {200, 429}");
  EXPECT_EQ(expectation("[STATUS] != any(500, 503)"), "not status in {500, 503}");
  EXPECT_EQ(expectation("[RESPONSE_TIME] < 500"), "rtt < 500ms");
  EXPECT_EQ(expectation("[CERTIFICATE_EXPIRATION] > 48h"), "certificate_left > 48h");
  EXPECT_EQ(expectation("[BODY] == it's"), R"(body == 'it\'s')");
  EXPECT_EQ(expectation("[BODY] == pat(*up.*)"), R"(body ~ '(?s)^.*up\\..*$')");
  EXPECT_EQ(expectation("[BODY].status == UP"), "$.status: json == 'UP'");
  EXPECT_EQ(expectation("[BODY].user.age > 5"), "$.user.age: json_number > 5");
  EXPECT_EQ(expectation("[DNS_RCODE] == NOERROR"), "rcode == NOERROR");
  EXPECT_EQ(expectation("[IP] == 127.0.0.1"), "address == 127.0.0.1");
  EXPECT_EQ(expectation("[CONNECTED] == true"), "");
  EXPECT_EQ(expectation("[CONNECTED] == false"), "not: is about something that is no fact here");
  EXPECT_EQ(expectation("[DOMAIN_EXPIRATION] > 720h"), "not: is about something that is no fact here");
  EXPECT_EQ(expectation("[STATUS]"), "not: is no comparison");
  EXPECT_EQ(expectation("[STATUS] == any()"), "not: has no value");
  EXPECT_EQ(expectation("[RESPONSE_TIME] < soon"), "not: has no duration as its value");
}

TEST(Gatus, EndpointsBecomeProbes) {
  const auto imported = of(R"(
endpoints:
  - name: website
    group: core
    url: "https://a.example/health"
    interval: 5m
    headers: {Accept: text/html}
    client: {timeout: 3s, insecure: true, ignore-redirect: true}
    conditions: ["[STATUS] == 200", "[CONNECTED] == true"]
  - {name: names, url: "192.0.2.53", dns: {query-name: a.example, query-type: MX}, conditions: []}
  - {name: ping, url: "icmp://a.example"}
  - {name: mail, url: "starttls://a.example:25"}
)");
  EXPECT_TRUE(imported.notes.empty()) << imported.notes.front().text;
  ASSERT_EQ(imported.probes.size(), 4U);
  const auto& web = imported.probes[0].plan;
  EXPECT_EQ(web.name, "website");
  EXPECT_EQ(web.target, "https://a.example/health");
  EXPECT_EQ(web.interval, Duration::minutes(5));
  EXPECT_EQ(web.timeout, Duration::seconds(3));
  EXPECT_EQ(web.labels, (record::Labels{{"group", "core"}}));
  EXPECT_THAT(web.expect, ElementsAre("status == 200"));
  EXPECT_THAT(web.options,
              ElementsAre(Option{"header", "Accept: text/html"}, Option{"verify", "false"}, Option{"redirects", "0"}));
  EXPECT_EQ(imported.probes[1].plan.kind, ProbeKind::dns);
  EXPECT_EQ(imported.probes[1].plan.query, "a.example");
  EXPECT_THAT(imported.probes[1].plan.options, ElementsAre(Option{"type", "MX"}));
  EXPECT_EQ(imported.probes[2].plan.target, "a.example");
  EXPECT_EQ(imported.probes[3].plan.kind, ProbeKind::tcp);
  EXPECT_THAT(imported.probes[3].plan.options, ElementsAre(Option{"starttls", "smtp"}));
}

TEST(Gatus, WhatIsNotTakenIsNotedWithItsLine) {
  const auto imported = of(R"(metrics: true
endpoints:
  - name: a
    url: ssh://a.example
  - name: b
    url: http://b.example
    alerts: [{type: slack}]
    conditions:
      - "[BODY].x == 1"
      - "[BODY].y == 1"
      - "nonsense"
  - {name: c, url: "http://c.example", enabled: false}
)");
  std::vector<std::string> notes;
  for (const auto& note : imported.notes) notes.push_back(std::to_string(note.line) + ' ' + note.text);
  EXPECT_THAT(notes,
              ElementsAre("1 'metrics' has no counterpart here",
                          "3 endpoint 'a': url 'ssh://a.example' is of no kind that is known here; nothing of it",
                          "7 endpoint 'b': 'alerts' has no counterpart here",
                          "10 endpoint 'b': condition '[BODY].y == 1' is about a second place in the JSON",
                          "11 endpoint 'b': condition 'nonsense' is no comparison",
                          "12 endpoint 'c': is not enabled; nothing of it"));
  ASSERT_EQ(imported.probes.size(), 1U);
}

}  // namespace
}  // namespace holter::imports
