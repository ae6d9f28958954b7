// The ways to a resolver: one message in a datagram (RFC 1035), over a connection with its length before it (RFC 7766)
// or as the body of a POST (RFC 8484). A connection is made for each question and closed behind it.
#pragma once

#include <vector>

#include "probe/announcer.h"
#include "probe/dns/options.h"
#include "probe/dns/sockets.h"
#include "probe/exchange.h"

namespace holter::probe {

struct DnsAsking {
  DnsSockets& sockets;
  DnsResolver resolver = {};
  base::IpAddress address = {};  // of the resolver; doh finds it by itself and notes it in the result
  std::vector<std::uint8_t> query = {};
  IsAnswer is_answer = {};
  Way way = {};
  Announced announced = {};    // what leaves by `sockets`
  std::size_t most_bytes = 0;  // that the question allows an answer over UDP, where it allows more than usual
};

// The answer. `exchange` and `result` outlive the task.
env::Task<base::Result<std::vector<std::uint8_t>>> ask_resolver(env::Env env, DnsAsking asking, base::Instant deadline,
                                                                Exchange& exchange, record::ProbeResult& result);

}  // namespace holter::probe
