// Makes a stream secure: speaks to the moment where TLS begins where a protocol wants that, shakes hands, and notes as
// facts what was agreed on and whose certificate it is.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "env/env.h"
#include "probe/tcp/starttls.h"
#include "record/probe_result.h"

namespace holter::probe {

struct Security {
  std::optional<StartTlsProtocol> starttls;  // absent: TLS from the first byte
  std::string host;                          // as it was asked for
  env::TlsWish wish;
};

struct Secured {
  std::unique_ptr<env::ByteStream> stream;
  env::TlsFacts facts;
};

// ErrorKind::timeout, unsupported (this host trusts nobody) or corrupt (whatever the peer did), in words. `result`,
// whose facts and transcript are written, outlives the task.
env::Task<base::Result<Secured>> secure(env::Env env, std::unique_ptr<env::ByteStream> stream, Security security,
                                        base::Instant deadline, record::ProbeResult& result);

}  // namespace holter::probe
