// A LiveState that has something of everything, so that no array of the API is empty; and the agent it is of. Pure.
#pragma once

#include "api/live_state.h"
#include "wire/test_frames.h"

namespace holter::api {

inline constexpr base::WallTime kNow = base::WallTime::from_nanoseconds(1'767'225'600'000'000'000);
inline const base::AgentId kAgent{{1, 2, 3}};

inline record::NamedRecord named(record::Record body) {
  return {{kAgent, 1, record::lane_of(body), 1}, std::move(body)};
}

inline record::ProbeResult a_result(base::WallTime at, const std::string& probe = "gateway") {
  record::ProbeResult result;
  result.probe = probe;
  result.target = base::UntrustedText("192.0.2.1");
  result.address = "192.0.2.1";
  result.started = at;
  result.rtt = base::Duration::microseconds(1'234);
  result.phases[static_cast<std::size_t>(record::Phase::first_byte)] = result.rtt;
  result.kernel_stamped = true;
  add_fact(result.facts, "rcode", base::UntrustedText("NOERROR"));
  add_fact(result.facts, "answers", std::int64_t{1});
  add_fact(result.facts, "answer", base::UntrustedText("192.0.2.80"));
  add_line(result.transcript, base::Duration::microseconds(100), record::Direction::sent, "A example.org");
  return result;
}

inline record::PulseChange a_change() {
  record::PulseChange change;
  change.session = base::UntrustedText("db1");
  change.peer = "192.0.2.7:40112";
  change.at = kNow;
  change.to = record::SessionState::up;
  change.diagnostic = record::Diagnostic::first_message;
  change.interval = base::Duration::seconds(1);
  return change;
}

inline record::PulseMessage a_message() {
  record::PulseMessage message;
  message.session = base::UntrustedText("db1");
  message.at = kNow;
  message.text = base::UntrustedText("backup done");
  return message;
}

inline record::FlowRecord a_flow() {
  record::FlowRecord flow;
  flow.interface = "eth0";
  flow.ip_protocol = 6;
  flow.initiator = "192.0.2.10";
  flow.responder = "198.51.100.7";
  flow.initiator_bytes = 1'830;
  flow.first = flow.last = base::PacketTime::from_nanoseconds(kNow.in_nanoseconds());
  return flow;
}

inline record::PacketRecord a_packet() {
  record::PacketRecord packet;
  packet.interface = "eth0";
  packet.captured_at = base::PacketTime::from_nanoseconds(kNow.in_nanoseconds());
  packet.ether_type = 0x0800;
  packet.ip_protocol = 6;
  packet.tcp_flags = 2;
  packet.anomalies = 1 << 7;
  packet.source = "192.0.2.10";
  packet.destination = "198.51.100.7";
  packet.captured_length = packet.original_length = 74;
  const base::IpAddress source = base::IpAddress::parse(packet.source).value();
  const base::IpAddress destination = base::IpAddress::parse(packet.destination).value();
  const auto frame = wire::test::tcp_frame({source, 51'234}, {destination, 443}, packet.tcp_flags);
  packet.head.assign(frame.begin(), frame.end());
  packet.linktype = wire::kLinktypeEthernet;
  return packet;
}

inline record::NetworkChange a_move() {
  record::NetworkChange change;
  change.at = kNow;
  change.what = "gateway";
  change.subject = base::UntrustedText("192.0.2.1");
  change.before = base::UntrustedText("02:00:00:00:00:01");
  change.after = base::UntrustedText("02:00:00:00:00:02");
  change.interface = "eth0";
  return change;
}

inline record::CaptureStats a_reading() {
  record::CaptureStats stats;
  stats.interface = "eth0";
  stats.from = kNow - base::Duration::seconds(1);
  stats.to = kNow;
  stats.received = 100;
  return stats;
}

inline LiveState full_state() {
  About about;
  about.version = "0.1.0";
  about.role = "run";
  about.name = "fritz";
  about.agent = kAgent;
  about.started = kNow - base::Duration::hours(1);
  about.page = "http://127.0.0.1:4280/";
  about.data_directory = "/var/lib/holter";
  about.pulse_endpoints = {"127.0.0.1:4280"};
  LiveState state(about);
  state.set_addresses({"192.0.2.10"});
  record::Plan plan;
  plan.probes.push_back({.name = "gateway", .target = "192.0.2.1", .labels = {{"site", "attic"}}});
  state.set_plan(std::move(plan));
  state.set_store({1'048'576, kNow, {{"probe_result", 3'600}}, 0});
  state.set_agent(kAgent, {"fritz", true, kNow, 0});
  state.set_problem("capture", "no capture: holter-broker has no CAP_NET_RAW");
  state.set_blind({{kNow, base::UntrustedText("eth0"), base::UntrustedText("eth0 has no carrier"), 50}});
  state.apply(named(a_move()));
  record::Gap gap;
  gap.cause = record::GapCause::suspended;
  gap.where = "holter";
  state.apply(named(gap));
  state.apply(named(a_result(kNow)));
  state.apply(named(a_change()));
  state.apply(named(a_message()));
  state.apply(named(a_flow()));
  state.apply(named(a_reading()));
  state.set_notifiers({{.name = "pager", .delivered = 12}});
  return state;
}

}  // namespace holter::api
