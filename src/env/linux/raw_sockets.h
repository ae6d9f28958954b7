// RawSocketSource opens the sockets that need a capability. The process that parses packets holds none, so the real one
// asks holter-broker for a descriptor and waits for the answer; a program without the broker gives no source and has no
// raw sockets. Calls block for as long as the broker takes (bounded by it); used from any loop's thread.
#pragma once

#include "base/ip.h"
#include "base/result.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

class RawSocketSource {
 public:
  virtual ~RawSocketSource() = default;

  // SOCK_RAW for ICMP or ICMPv6, non-blocking and close-on-exec, not yet bound.
  virtual base::Result<UniqueFd> open_icmp(base::IpAddress::Family family) = 0;
  // SOCK_RAW that sends IPv4 packets with the header they come with, and receives none.
  virtual base::Result<UniqueFd> open_raw_v4() = 0;
  // SOCK_RAW for TCP: sends segments, and receives a copy of every one that the host does.
  virtual base::Result<UniqueFd> open_tcp(base::IpAddress::Family family) = 0;
  // AF_PACKET SOCK_RAW with protocol 0, so that it receives nothing until it is bound.
  virtual base::Result<UniqueFd> open_packet() = 0;
};

}  // namespace holter::env_linux
