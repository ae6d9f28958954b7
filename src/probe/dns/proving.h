// Asks the resolver for what DnsChain needs to prove an answer: the keys of the zones above it, over the same transport
// and within the probe's deadline. What does not fit over UDP is asked for over TCP, since this measures nothing.
#pragma once

#include "probe/dns/chain.h"
#include "probe/dns/transport.h"

namespace holter::probe {

struct DnsToProve {
  std::vector<std::string> anchors;
  DnsQuestion question;
  std::vector<std::uint8_t> answer;
};

// Whom to ask is as in `asking`. Writes the transcript of `result`, which outlives the task.
env::Task<DnsProof> prove_dns_answer(env::Env env, DnsToProve what, DnsAsking asking, base::Instant deadline,
                                     record::ProbeResult& result);

}  // namespace holter::probe
