#include "api/live_state.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace holter::api {
namespace {

using base::Duration;
using base::WallTime;
using nlohmann::json;
using record::NamedRecord;

constexpr WallTime kNow = WallTime::from_nanoseconds(1'700'000'000'000'000'000);
const base::AgentId kAgent{{1, 2, 3}};

LiveState make_state() {
  About about;
  about.version = "0.1.0";
  about.role = "run";
  about.name = "host";
  about.agent = kAgent;
  about.started = kNow - Duration::seconds(10);
  return LiveState(about);
}

NamedRecord named(record::Record body) { return {{kAgent, 1, record::lane_of(body), 1}, std::move(body)}; }

record::ProbeResult result(Duration age, std::optional<Duration> rtt) {
  record::ProbeResult r;
  r.probe = "gateway";
  r.target = base::UntrustedText("192.0.2.1");
  r.started = kNow - age;
  r.rtt = rtt;
  r.outcome = rtt ? record::Outcome::ok : record::Outcome::timeout;
  return r;
}

TEST(LiveState, SumsTheLastMinuteOfATarget) {
  LiveState state = make_state();
  state.apply(named(result(Duration::seconds(90), Duration::milliseconds(500))));
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(state.apply(named(result(Duration::seconds(30 - i), Duration::milliseconds(i + 1)))), Topic::result);
  }
  state.apply(named(result(Duration::seconds(1), std::nullopt)));
  const json target = json::parse(state.targets_json(kNow)).at("targets").at(0);
  EXPECT_EQ(target["window"]["sent"], 10);
  EXPECT_EQ(target["window"]["ok"], 9);
  EXPECT_DOUBLE_EQ(target["window"]["loss_ratio"].get<double>(), 0.1);
  EXPECT_EQ(target["window"]["rtt_median_ms"], 5.0);
  EXPECT_EQ(target["window"]["rtt_max_ms"], 9.0);
  EXPECT_EQ(target["history"].size(), 11u);
  EXPECT_EQ(target["last"]["outcome"], "timeout");
  EXPECT_EQ(target["last"]["failed_in"], "first_byte");
  EXPECT_TRUE(target["history"].back()["rtt_ms"].is_null());
}

TEST(LiveState, KeepsHistoryInOrderWhenASpoolDrainsLate) {
  LiveState state = make_state();
  for (const int age : {3, 1, 5, 2}) state.apply(named(result(Duration::seconds(age), Duration::milliseconds(age))));
  const json target = json::parse(state.targets_json(kNow)).at("targets").at(0);
  std::vector<double> rtts;
  for (const auto& point : target["history"]) rtts.push_back(point["rtt_ms"].get<double>());
  EXPECT_EQ(rtts, (std::vector<double>{5, 3, 2, 1}));
  EXPECT_EQ(target["last"]["rtt_ms"], 1.0);
}

TEST(LiveState, ShowsTroubledSessionsFirstAndKeepsHostileNamesWhole) {
  LiveState state = make_state();
  record::PulseChange change;
  change.at = kNow - Duration::seconds(5);
  change.silent_for = Duration::seconds(2);
  change.interval = Duration::seconds(1);
  change.session = base::UntrustedText("a-up");
  change.to = record::SessionState::up;
  EXPECT_EQ(state.apply(named(change)), Topic::sessions);
  change.session = base::UntrustedText("<b>\x1b]0;x\x07\xff\\");
  change.to = record::SessionState::down;
  state.apply(named(change));
  record::PulseMessage message;
  message.session = base::UntrustedText("a-up");
  message.text = base::UntrustedText("backup done" + std::string(100'000, '.'));
  message.at = kNow - Duration::seconds(1);
  state.apply(named(message));

  const json sessions = json::parse(state.sessions_json(kNow)).at("sessions");
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0]["state"], "down");
  EXPECT_EQ(sessions[0]["name"], "<b>\x1b]0;x\x07\\xff\\\\");
  EXPECT_DOUBLE_EQ(sessions[0]["silent_seconds"].get<double>(), 7.0);
  EXPECT_EQ(sessions[1]["last_message"]["text"], "backup done" + std::string(record::kShownMessageBytes - 11, '.'));
  EXPECT_DOUBLE_EQ(sessions[1]["silent_seconds"].get<double>(), 1.0);
}

TEST(LiveState, QuietSessionsMakeRoomForThoseInTrouble) {
  LiveState state = make_state();
  record::PulseChange change;
  change.to = record::SessionState::up;
  for (std::size_t i = 0; i < kMaxSessions + 1; ++i) {
    if (i == kMaxSessions) {
      EXPECT_TRUE(json::parse(state.sessions_json(kNow))["complete"]);
      change.to = record::SessionState::down;
    }
    change.session = base::UntrustedText("s" + std::to_string(i));
    state.apply(named(change));
  }
  const json answer = json::parse(state.sessions_json(kNow));
  EXPECT_FALSE(answer["complete"]);
  EXPECT_EQ(answer["sessions"].size(), kMaxSessions);
  EXPECT_EQ(answer["sessions"][0]["name"], "s" + std::to_string(kMaxSessions));
}

TEST(LiveState, ASessionThatGaveWayIsNotShown) {
  LiveState state = make_state();
  record::PulseChange change;
  change.session = base::UntrustedText("db1");
  change.to = record::SessionState::down;
  state.apply(named(change));
  change.authentication = record::Authentication::none;
  state.apply(named(change));
  EXPECT_EQ(json::parse(state.sessions_json(kNow))["sessions"].size(), 2U);
  change.diagnostic = record::Diagnostic::gave_way;
  state.apply(named(change));
  const json answer = json::parse(state.sessions_json(kNow));
  ASSERT_EQ(answer["sessions"].size(), 1U);
  EXPECT_EQ(answer["sessions"][0]["authentication"], "loopback");
}

TEST(LiveState, WhoWasAwaitedAndComesWithAKeyIsOneSession) {
  LiveState state = make_state();
  SessionStatus status;
  status.name = base::UntrustedText("db1");
  status.heard = false;
  state.sessions().update(kAgent, {status});
  EXPECT_EQ(json::parse(state.sessions_json(kNow))["sessions"].size(), 1U);
  status.authentication = record::Authentication::key;
  status.peer = "192.0.2.7:1";
  state.sessions().update(kAgent, {status});
  json answer = json::parse(state.sessions_json(kNow));
  ASSERT_EQ(answer["sessions"].size(), 1U);
  EXPECT_EQ(answer["sessions"][0]["authentication"], "key");
  // One of this host that was heard is another session.
  status.authentication = record::Authentication::loopback;
  status.peer = "127.0.0.1:1";
  state.sessions().update(kAgent, {status});
  status.authentication = record::Authentication::key;
  state.sessions().update(kAgent, {status});
  EXPECT_EQ(json::parse(state.sessions_json(kNow))["sessions"].size(), 2U);
  // And so is one whose traffic is awaited.
  SessionStatus awaited;
  awaited.name = base::UntrustedText("db2");
  awaited.way = record::Way::traffic;
  status.name = awaited.name;
  state.sessions().update(kAgent, {awaited, status});
  EXPECT_EQ(json::parse(state.sessions_json(kNow))["sessions"].size(), 4U);
}

TEST(LiveState, TakesTheListenersViewAndKeepsMessagesBesideIt) {
  LiveState state = make_state();
  record::PulseMessage message;
  message.session = base::UntrustedText("db1");
  message.at = kNow;
  state.apply(named(message));
  SessionStatus status;
  status.name = base::UntrustedText("db1");
  status.state = record::SessionState::pulsing;
  status.asked = 1;
  status.asks = 3;
  status.suspicion = 4.25;
  status.pulses = 812;
  state.sessions().update(kAgent, {status});
  const json session = json::parse(state.sessions_json(kNow)).at("sessions").at(0);
  EXPECT_EQ(session["state"], "pulsing");
  EXPECT_EQ(session["messages"], 1);
  EXPECT_EQ(session["pulses"], 812);
  EXPECT_TRUE(session["interval_seconds"].is_null());
  EXPECT_EQ(session["suspicion"], 4.25);
  status.suspicion.reset();
  state.sessions().update(kAgent, {status});
  EXPECT_TRUE(json::parse(state.sessions_json(kNow)).at("sessions").at(0).at("suspicion").is_null());
}

TEST(LiveState, ShowsConversationsByBytesAndForgetsOldOnes) {
  LiveState state = make_state();
  record::FlowRecord flow;
  flow.interface = "eth0";
  flow.ip_protocol = 6;
  flow.initiator = "192.0.2.10";
  flow.responder = "198.51.100.7";
  flow.responder_port = 443;
  for (std::uint16_t port = 1; port <= 3; ++port) {
    flow.initiator_port = port;
    flow.initiator_bytes = port * 100u;
    flow.last = base::PacketTime::from_nanoseconds((kNow - Duration::minutes(port * 2)).in_nanoseconds());
    state.apply(named(flow));
  }
  flow.initiator_bytes = 1'000;  // the interim export of the same conversation replaces the one before
  state.apply(named(flow));
  json all = json::parse(state.conversations_json(2));
  EXPECT_EQ(all["held"], 3);
  ASSERT_EQ(all["conversations"].size(), 2u);
  EXPECT_EQ(all["conversations"][0]["bytes"][0], 1'000);
  EXPECT_EQ(all["conversations"][0]["protocol"], "tcp");
  state.expire(kNow);
  EXPECT_EQ(json::parse(state.conversations_json(20))["held"], 2);
}

TEST(LiveState, SumsCaptureReadingsAndSaysWhyThereIsNone) {
  LiveState state = make_state();
  record::CaptureStats stats;
  stats.interface = "eth0";
  for (int i = 0; i < 3; ++i) {
    stats.from = kNow + Duration::seconds(i);
    stats.to = kNow + Duration::seconds(i + 1);
    stats.received = 100;
    stats.received_bytes = 1'000;
    stats.kernel_drops = i == 2 ? 5 : 0;
    stats.flows = static_cast<std::uint64_t>(i);
    EXPECT_EQ(state.apply(named(stats)), Topic::capture);
  }
  state.captures().set_state(kAgent, "any", "off", base::UntrustedText("no broker"));
  const json interfaces = json::parse(state.capture_json(true)).at("interfaces");
  ASSERT_EQ(interfaces.size(), 2u);
  EXPECT_EQ(interfaces[0]["why"], "no broker");
  EXPECT_EQ(interfaces[1]["packets"], 300);
  EXPECT_EQ(interfaces[1]["packets_per_second"], 100.0);
  EXPECT_EQ(interfaces[1]["bits_per_second"], 8'000.0);
  EXPECT_EQ(interfaces[1]["kernel_drops"], 5);
  EXPECT_EQ(interfaces[1]["flows"], 2);
  EXPECT_EQ(interfaces[1]["history"].size(), 3u);
}

TEST(LiveState, SaysWhatIsWrong) {
  LiveState state = make_state();
  EXPECT_EQ(json::parse(state.health_json(kNow))["status"], "ok");
  state.set_problem("capture", "no capture: no broker");
  record::Gap gap;
  gap.cause = record::GapCause::suspended;
  gap.where = "holter";
  state.apply(named(gap));
  json health = json::parse(state.health_json(kNow));
  EXPECT_EQ(health["status"], "degraded");
  EXPECT_EQ(health["problems"], json::array({"no capture: no broker"}));
  EXPECT_EQ(health["gaps"][0]["cause"], "suspended");
  EXPECT_DOUBLE_EQ(health["uptime_seconds"].get<double>(), 10.0);
  state.set_problem("capture", "");
  EXPECT_EQ(json::parse(state.health_json(kNow))["status"], "ok");
}

TEST(LiveState, SaysSinceWhenAndWhyItIsBlindAndWhatChanged) {
  LiveState state = make_state();
  state.set_blind({{kNow, base::UntrustedText("eth0"), base::UntrustedText("eth0 has no carrier"), 50}});
  record::NetworkChange change;
  change.at = kNow;
  change.what = "observer";
  for (std::size_t i = 0; i <= kShownNetworkChanges; ++i) {
    change.after = base::UntrustedText(std::to_string(i));
    state.apply(named(change));
  }
  const json health = json::parse(state.health_json(kNow));
  EXPECT_EQ(health["status"], "degraded");
  EXPECT_EQ(health["blind"][0]["interface"], "eth0");
  EXPECT_EQ(health["blind"][0]["why"], "eth0 has no carrier");
  EXPECT_EQ(health["blind"][0]["sessions"], 50);
  EXPECT_EQ(health["blind"][0]["since"], to_string(kNow));
  EXPECT_EQ(health["network_changes"].size(), kShownNetworkChanges);
  EXPECT_EQ(health["network_changes"][0]["after"], std::to_string(kShownNetworkChanges));
  state.set_blind({});
  EXPECT_EQ(json::parse(state.health_json(kNow))["status"], "ok");
}

TEST(LiveState, WritesMetricsThatEscapeTheirLabels) {
  LiveState state = make_state();
  auto probed = result(Duration::seconds(1), Duration::milliseconds(2));
  probed.probe = "a\"b\n";
  state.apply(named(probed));
  const std::string text = state.metrics_text();
  EXPECT_NE(text.find(R"(probe="a\"b\\x0a",kind="icmp",outcome="ok"} 1)"), std::string::npos) << text;
  EXPECT_NE(text.find("holter_probe_rtt_seconds{"), std::string::npos);
  EXPECT_TRUE(text.ends_with("# EOF\n"));
}

}  // namespace
}  // namespace holter::api
