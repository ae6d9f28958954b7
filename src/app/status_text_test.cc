#include "app/status_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json_writer.h"

namespace holter::app {
namespace {

using nlohmann::json;

TEST(StatusText, LaysEverythingOut) {
  const json status = json::parse(R"({
    "health": {"version": "0.1.0", "name": "fritz", "uptime_seconds": 75, "page": "http://127.0.0.1:4280/",
               "store": {"bytes": 1500, "budget_bytes": 536870912, "directory": "/d"}, "problems": ["no capture: why"]},
    "targets": [{"probe": "gateway", "kind": "icmp", "address": "192.0.2.1", "last": {"outcome": "ok", "rtt_ms": 1.25},
                 "window": {"rtt_median_ms": 1.2, "rtt_max_ms": 3, "loss_ratio": 0.1}}],
    "sessions": [{"name": "db1", "state": "pulsing", "asked": 1, "asks": 3, "silent_seconds": 4.2,
                  "peer": "192.0.2.7:1", "last_message": {"text": "hello"}}],
    "capture": [{"interface": "eth0", "state": "capturing", "packets": 12034, "packets_per_second": 99.7, "bytes": 2048,
                 "kernel_drops": 0, "own": 3, "why": ""}],
    "conversations": [{"protocol": "tcp", "initiator": "2001:db8::1", "initiator_port": 5, "responder": "192.0.2.9",
                       "responder_port": 443, "bytes": [10, 2500000]}]})");
  const std::string text = status_text(status, {100, false});
  for (const char* words : {"holter 0.1.0 on fritz, up 1 min 15 s, page http://127.0.0.1:4280/",
                            "keeps 1.4 KiB of 512 MiB in /d", "problem: no capture: why", "1.25 ms", "10 %",
                            "pulsing 1 of 3", "hello", "12034", "[2001:db8::1]:5", "192.0.2.9:443", "2.3 MiB"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

TEST(StatusText, SaysSinceWhenAndWhyHolterIsBlind) {
  const json status = json::parse(R"({"health": {"blind": [
    {"since": "2026-03-01T12:34:56.789Z", "interface": "eth0", "why": "eth0 has no carrier", "sessions": 50},
    {"since": "2026-03-01T12:34:57.789Z", "interface": "eth1", "why": "the interface eth1 is down",
     "sessions": 1}]}})");
  const std::string text = status_text(status, {100, false});
  EXPECT_NE(text.find("blind since 2026-03-01T12:34:56.789Z: eth0 has no carrier; 50 sessions are not judged\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("the interface eth1 is down; 1 session is not judged\n"), std::string::npos) << text;
}

TEST(StatusText, AHubNamesItsAgentsAndWhoSawWhat) {
  const json status = json::parse(R"({
    "health": {"role": "hub", "agents": [{"agent": "aa", "name": "west", "connected": true, "last_seen": "…"},
                                         {"agent": "bb", "name": "east", "connected": false, "last_seen": "…"}]},
    "targets": [{"agent_name": "west", "probe": "gateway", "last": {"outcome": "ok", "rtt_ms": 1}},
                {"agent_name": "east", "probe": "gateway", "target": "192.0.2.1", "last": {"outcome": null}}]})");
  const std::string text = status_text(status, {100, false});
  for (const char* words :
       {"west   connected", "east   away", "west   gateway", "east   gateway", "not yet", "192.0.2.1"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

TEST(StatusText, ShowsHostileNamesInert) {
  base::JsonWriter name;
  name.begin_object().member("name", base::UntrustedText("\x1b[2J\xff\\x41")).member("state", std::string_view("up"));
  json status;
  status["sessions"] = json::array({json::parse(name.end_object().take())});
  const std::string text = status_text(status, {100, false});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find(R"(\x1b[2J\xff\\x41)"), std::string::npos) << text;
}

TEST(StatusText, SurvivesAnAnswerWithoutAnything) {
  EXPECT_NE(status_text(json::object(), {80, true}).find("nobody has sent a pulse"), std::string::npos);
  EXPECT_NO_FATAL_FAILURE(status_text(json::parse(R"({"targets":[{}],"sessions":[{}],"capture":[{}]})"), {80, true}));
}

}  // namespace
}  // namespace holter::app
