// Filters over what is remembered: each subject's fields, absent values, and records that are no subject.
#include "filter/record_filter.h"

#include <gtest/gtest.h>

#include "filter/live_field.h"
#include "wire/test_frames.h"
#include "wire/transport/tcp.h"

namespace holter::filter {
namespace {

using base::Duration;
using base::UntrustedText;
using record::FlowRecord;
using record::Outcome;
using record::PacketRecord;
using record::ProbeResult;
using record::PulseChange;
using record::PulseMessage;
using record::SessionState;

bool matches(Subject subject, std::string_view text, const record::Record& record) {
  const auto filter = RecordFilter::compile(subject, text);
  EXPECT_TRUE(filter) << explain_mistake(text, filter.error());
  return filter && filter->matches(record);
}

void expect(Subject subject, const record::Record& record, std::initializer_list<const char*> matching,
            std::initializer_list<const char*> refused) {
  for (const char* text : matching) EXPECT_TRUE(matches(subject, text, record)) << text;
  for (const char* text : refused) EXPECT_FALSE(matches(subject, text, record)) << text;
}

TEST(RecordFilter, Results) {
  ProbeResult result;
  result.probe = "gateway";
  result.kind = record::ProbeKind::dns;
  result.target = UntrustedText("192.0.2.1");
  result.address = "192.0.2.1";
  result.rtt = Duration::milliseconds(25);
  result.kernel_stamped = true;
  result.phases[2] = Duration::microseconds(1'500);
  result.detail = UntrustedText("NXDOMAIN \xff");
  expect(
      Subject::results, result,
      {"outcome == ok", "outcome in {timeout, ok}", "kind == dns", "rtt > 20ms", "rtt <= 25ms", "rtt in {1ms..1s}",
       "probe == gateway", "probe in {a, gateway}", "probe ~ '^gate'", "probe contains tew", "target == \"192.0.2.1\"",
       "address == 192.0.2.0/24", "kernel_stamped", "phases.tls == 1.5ms", "detail ~ NX", "detail != x"},
      {"outcome != ok", "rtt > 25ms", "probe != gateway", "probe ~ '^way'", "phase == connect", "phase != connect",
       "phases.connect >= 0s", "kind not in {dns, icmp}", "address == ::/0"});
  result.outcome = Outcome::refused;
  result.failed_in = record::Phase::connect;
  result.rtt.reset();
  expect(Subject::results, result,
         {"outcome != ok", "phase == connect", "not rtt > 1s", "outcome not in {ok, skipped}"},
         {"rtt > 1s", "rtt <= 1s", "phase == tls"});
}

TEST(RecordFilter, Sessions) {
  PulseChange change;
  change.session = UntrustedText("attic");
  change.peer = "[2001:db8::7]:40112";
  change.from = SessionState::pulsing;
  change.to = SessionState::down;
  change.diagnostic = record::Diagnostic::gave_up;
  change.asked = 3;
  change.interval = Duration::seconds(1);
  change.silent_for = Duration::seconds(6);
  expect(Subject::sessions, change,
         {"session == attic", "state == down", "state_before == pulsing", "diagnostic == gave_up", "asked == 3",
          "interval == 1s", "silent_for > 5s", "peer == 2001:db8::7", "peer.port == 40112", "not message"},
         {"message", "text == ''", "text != x", "state in {up, init}", "peer == 0.0.0.0/0"});
  PulseMessage message;
  message.session = UntrustedText("cellar");
  message.peer = "192.0.2.7:40112";
  message.text = UntrustedText("disk is full");
  expect(Subject::sessions, message,
         {"message", "session == cellar", "text contains full", "text ~ '(?i)DISK'", "peer == 192.0.2.7"},
         {"state == down", "state != down", "silent_for < 1h"});
}

TEST(RecordFilter, NetworkChanges) {
  record::NetworkChange change;
  change.what = "gateway";
  change.subject = UntrustedText("192.0.2.1");
  change.before = UntrustedText("02:00:00:00:00:01");
  change.after = UntrustedText("02:00:00:00:00:02");
  change.interface = "eth0";
  expect(Subject::network, change,
         {"what == gateway", "what in {address, gateway}", "subject ~ '^192'", "before contains '00:01'",
          "after != before", "interface == eth0"},
         {"what == address", "subject == x", "interface == eth1"});
  change.interface.clear();
  expect(Subject::network, change, {"what == gateway", "not interface == eth0"}, {"interface != eth0"});
}

TEST(RecordFilter, Conversations) {
  FlowRecord flow;
  flow.interface = "eth0";
  flow.ip_protocol = 6;
  flow.vlan = 7;
  flow.initiator = "192.0.2.1";
  flow.responder = "10.0.0.1";
  flow.initiator_port = 50'000;
  flow.responder_port = 443;
  flow.first = base::PacketTime::from_nanoseconds(1'000'000'000);
  flow.last = base::PacketTime::from_nanoseconds(3'000'000'000);
  flow.initiator_packets = 3;
  flow.responder_packets = 4;
  flow.initiator_bytes = 1'024;
  flow.responder_bytes = 2'048;
  flow.responder_tcp_flags = 4;
  flow.end_reason = record::EndReason::reset;
  expect(Subject::conversations, flow,
         {"interface == eth0",
          "tcp",
          "ip.protocol == 6",
          "vlan.id == 7",
          "vlan",
          "host == 10.0.0.0/8",
          "ip.addr == 192.0.2.1",
          "initiator == 192.0.2.1",
          "responder != 192.0.2.1",
          "port == 443",
          "tcp.port == 50000",
          "initiator_port > 1024",
          "responder_port == 443",
          "packets == 7",
          "initiator_packets == 3",
          "responder_packets == 4",
          "bytes == 3KiB",
          "initiator_bytes == 1KiB",
          "responder_bytes > 2000",
          "duration == 2s",
          "tcp.rst",
          "not tcp.syn",
          "end_reason == reset"},
         {"udp", "udp.port == 443", "udp.port != 443", "host != 10.0.0.1", "port != 443", "duration > 2s", "icmp"});
}

TEST(RecordFilter, StoredPacketsAreAskedByTheirHead) {
  const auto frame = wire::test::tcp_frame({wire::test::kA4, 50'000}, {wire::test::kB4, 443}, wire::kTcpSyn);
  PacketRecord packet;
  packet.interface = "eth0";
  packet.original_length = 1'500;
  packet.captured_length = 128;
  packet.anomalies = 1U << static_cast<unsigned>(wire::Anomaly::bad_transport_checksum);
  packet.head.assign(frame.begin(), frame.end());
  packet.linktype = wire::kLinktypeEthernet;
  packet.direction = static_cast<std::uint8_t>(Direction::outgoing);
  packet.taken_tag = record::kTagTaken + (3U << 13) + 5;
  expect(Subject::packets, packet,
         {"tcp",
          "ipv4",
          "ip",
          "tcp.syn",
          "not tcp.ack",
          "tcp.flags == 2",
          "tcp.dst_port == 443",
          "port == 50000",
          "ipv4.src == 192.0.2.1",
          "host in {192.0.0.0/8}",
          "length == 1500",
          "captured_length == 128",
          "interface ~ '^eth'",
          "anomaly",
          "anomaly.bad_transport_checksum",
          "vlan.id == 5",
          "vlan.priority == 3",
          "ip.protocol == 6",
          "direction == outgoing",
          "ipv4.id >= 0",
          "tcp.checksum_state == unverified",
          "bpf:\"vlan and tcp port 443\""},
         {"udp", "ipv6", "arp", "icmp", "port != 443", "udp.port != 443", "vlan.id == 0", "anomaly.bad_option",
          "direction == host", "ipv4.ttl == 0"});
  expect(Subject::packets, PacketRecord(), {"not ip", "length == 0"}, {"tcp", "host != 10.0.0.1"});
}

TEST(RecordFilter, OtherRecordsNeverMatch) {
  expect(Subject::results, record::CaptureStats(), {}, {"not outcome == ok"});
  expect(Subject::results, FlowRecord(), {}, {"not outcome == ok"});
  expect(Subject::sessions, ProbeResult(), {}, {"not message"});
}

}  // namespace
}  // namespace holter::filter
