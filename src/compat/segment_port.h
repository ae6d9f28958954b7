// SegmentPort is where single TCP segments come from and go to without a connection: frames of some interfaces, chosen
// by TCP port in the kernel, and a raw socket that sends. It hears what came in for this host, never what left it, so
// nobody hears himself; on a loopback interface each segment is heard once.
//
// Needs the broker. An interface that goes away is tried again every kRetry. At most kMaxInterfaces. One loop; what it
// calls must not destroy it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compat/heartbeat_segments.h"
#include "env/env.h"

namespace holter::compat {

struct SegmentPortOptions {
  std::vector<std::string> interfaces;
  std::vector<std::uint16_t> ports;  // from or to one of these
};

class SegmentPort {
 public:
  using Receiver = std::function<void(const HeartbeatSegment&)>;

  static constexpr std::size_t kMaxInterfaces = 16;
  static constexpr std::size_t kRingBytes = 512 * 1024;  // of each interface and port
  static constexpr base::Duration kRetry = base::Duration::seconds(1);

  // Fails when one of the interfaces cannot be read or nothing can be sent.
  static base::Result<std::unique_ptr<SegmentPort>> open(env::Env env, SegmentPortOptions options, Receiver receiver);

  // Reads in tasks of the caller's, who awaits their end before destroying this.
  void run_in(env::TaskGroup& tasks);
  // One whole IPv4 packet.
  base::Result<void> send(const base::IpAddress& to, base::Bytes packet);
  base::Result<void> send(const base::IpAddress& to, const MessagePackets& packets);

  // Frames of the ports that were no whole, undamaged segment.
  std::uint64_t damaged() const { return damaged_; }
  // Frames for which a ring had no room.
  std::uint64_t dropped();

 private:
  struct Tap {
    env::FrameOptions options;
    std::unique_ptr<env::FrameSource> source;  // empty: to be opened again
  };

  SegmentPort(env::Env env, Receiver receiver) : env_(env), receiver_(std::move(receiver)) {}

  env::Task<void> read(std::size_t number);
  env::Task<base::Error> read_until_it_ends(Tap& tap);
  void count_drops(Tap& tap);
  void take(const env::Frame& frame, wire::LinkType link);

  env::Env env_;
  Receiver receiver_;
  std::vector<Tap> taps_;
  std::unique_ptr<env::DatagramSocket> out_;
  std::uint64_t damaged_ = 0;
  std::uint64_t dropped_ = 0;  // as far as it was read
};

// A port to speak from, as the ancestor chose its own.
std::uint16_t random_port(env::Random& random);
// The interface that is wanted, or with an empty `wanted` all that are up and have an IPv4 address.
base::Result<std::vector<std::string>> interfaces_for_segments(env::Host& host, const std::string& wanted);
// The own IPv4 address that people know these interfaces by: the first that is not loopback's, else 127.0.0.1.
base::IpAddress own_address(env::Host& host, const std::vector<std::string>& interfaces);
// The interface on which segments of `peer` to `own` come in: loopback's when it is this host itself.
base::Result<std::string> interface_towards(env::Host& host, const base::IpAddress& peer, const base::IpAddress& own);

}  // namespace holter::compat
