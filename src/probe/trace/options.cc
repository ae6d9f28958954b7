#include "probe/trace/options.h"

namespace holter::probe {
namespace {

constexpr std::uint32_t kMaxRounds = 100;
constexpr std::uint16_t kMostFirstPort = 0xffff - kTraceFlows;

}  // namespace

Wrong read_trace_protocol(const std::string& value, TraceOptions& into) {
  if (value == "udp") {
    into.protocol = TraceProtocol::udp;
  } else if (value == "icmp") {
    into.protocol = TraceProtocol::icmp;
  } else if (value == "tcp") {
    into.protocol = TraceProtocol::tcp;
  } else {
    return "is udp, icmp or tcp";
  }
  return std::nullopt;
}

Wrong read_trace_port(const std::string& value, TraceOptions& into) {
  std::uint32_t port = 0;
  if (const Wrong why = read_value(value, port)) return why;
  if (port < 1 || port > 0xffff) return "is a whole number from 1 to 65535";
  into.port = static_cast<std::uint16_t>(port);
  return std::nullopt;
}

Wrong read_trace_rounds(const std::string& value, TraceOptions& into) {
  if (const Wrong why = read_value(value, into.rounds)) return why;
  if (into.rounds < 1 || into.rounds > kMaxRounds) return "is a whole number from 1 to 100";
  return std::nullopt;
}

std::uint16_t TraceOptions::first_port() const {
  if (protocol == TraceProtocol::icmp) return 0;
  return port.value_or(protocol == TraceProtocol::tcp ? kTraceTcpPort : kTraceUdpPort);
}

bool TraceOptions::remembers(base::Duration interval) const { return memory.value_or(interval >= kMemoryInterval); }

Wrong TraceOptions::mistake() const {
  if (protocol == TraceProtocol::udp && port.value_or(0) > kMostFirstPort) {
    return "port is a whole number from 1 to 65335 for udp, where each flow has its own";
  }
  if (protocol != TraceProtocol::tcp) return std::nullopt;
  // Hosts and firewalls drop a SYN with data, or take it for an attack.
  if (mtu) return "mtu is found with protocol udp or icmp, and not with tcp, whose first segment carries no data";
  if (!interface.empty() && !source)
    return "interface wants a source beside it with protocol tcp: the own address there";
  return std::nullopt;
}

}  // namespace holter::probe
