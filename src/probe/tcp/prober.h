// The tcp prober: one connection to one port (RFC 9293), and on request what the peer says on it: its banner, TLS from
// the first byte or after STARTTLS, the reply to what is sent. Without a request not a byte is sent. The target is
// HOST:PORT; of several addresses the one that answers first is taken (probe/dial.h). Refused is a RST or an ICMP port
// unreachable, unreachable any other ICMP error, in its words; silence to the end is a timeout, which is what a filter
// that drops makes of a port.
//
// RTT is from before the SYN leaves to when the loop learns of the SYN/ACK, by the loop's clock: the kernel stamps no
// handshake; what its TCP measured is the fact tcp_rtt. The connection is closed with FIN: that costs this host a
// minute of TIME_WAIT, where a RST would cost the target's owner a line in the log about a broken client.
#pragma once

#include "env/env.h"
#include "probe/expectation.h"
#include "probe/option.h"
#include "probe/payload.h"
#include "probe/tcp/starttls.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::probe {

struct TcpOptions : Way {
  std::optional<std::string> send;
  bool banner = false;
  bool tls = false;
  std::optional<StartTlsProtocol> starttls;
  std::string tls_name;
  bool insecure = false;

  Wrong mistake_in(const record::ProbePlan& plan) const;
};

// No named messages: they are datagrams.
Wrong read_send(const std::string& value, TcpOptions& into);
Wrong read_starttls(const std::string& value, TcpOptions& into);

inline constexpr auto kTcpOptions = std::to_array<Option<TcpOptions>>({
    {{"send", "TEXT", "What to send: a text with \\r \\n \\xNN, hex:00ff or (udp) named:dns"}, read_send},
    option<&TcpOptions::banner>({"banner", "", "Wait for what the target says first"}),
    option<&TcpOptions::tls>({"tls", "", "TLS from the first byte"}),
    {{"starttls", "PROTOCOL", "TLS after smtp, imap, pop3, ftp, ldap, xmpp or postgres"}, read_starttls},
    option<&TcpOptions::tls_name>({"tls_name", "NAME", "Whom the certificate must name, in the place of the target"}),
    option<&TcpOptions::insecure>({"insecure", "", "Take whatever certificate comes"}),
});

env::Task<record::ProbeResult> probe_tcp(env::Env env, record::ProbePlan plan, const Expectations& expectations);

}  // namespace holter::probe
