// Connects to one of the addresses of a name, whichever answers first (RFC 8305): they are tried in their order, the
// families taking turns, each next one 250 ms after the one before or as soon as that has failed. What still hangs when
// one stands is given up.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "env/env.h"
#include "record/probe_result.h"

namespace holter::probe {

inline constexpr base::Duration kAttemptDelay = base::Duration::milliseconds(250);
inline constexpr std::size_t kMaxAttempts = 8;

struct Dialed {
  std::unique_ptr<env::ByteStream> stream;
  base::IpAddress address;
  base::Instant syn_at;  // of this address
  base::Instant stands_at;
};

// The order to try: the families take turns, the first address's family begins; at most kMaxAttempts.
std::vector<base::IpAddress> attempt_order(const std::vector<base::IpAddress>& addresses);

// `result`, whose transcript and address are written, outlives the task. Where none answers the error says why each
// did not, ErrorKind::timeout when one hung to the deadline.
env::Task<base::Result<Dialed>> dial(env::Env env, std::vector<base::IpAddress> addresses, std::uint16_t port,
                                     env::Egress egress, base::Instant deadline, record::ProbeResult& result);

}  // namespace holter::probe
