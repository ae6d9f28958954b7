// A FlowTable and packets for the tests of flow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/flow_table.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::flow::test {

inline constexpr base::PacketTime kStart = base::PacketTime::from_nanoseconds(1'700'000'000'000'000'000);
inline const base::Endpoint kNear{wire::test::kA4, 40'000};
inline const base::Endpoint kFar{wire::test::kB4, 443};

inline wire::Packet decoded(const wire::test::FrameBytes& frame) {
  return wire::decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet);
}
inline wire::Packet tcp(const base::Endpoint& from, const base::Endpoint& to, std::uint8_t flags,
                        std::string_view payload = "") {
  return decoded(wire::test::tcp_frame(from, to, flags, payload));
}
inline wire::Packet udp(const base::Endpoint& from, const base::Endpoint& to) {
  return decoded(wire::test::udp_frame(from, to, "x"));
}

struct Bed {
  explicit Bed(std::size_t limit = kDefaultFlowLimit) : table({"eth0", limit, 7}) {}
  void see(const wire::Packet& packet, base::Duration after) { table.observe(packet, kStart + after, out); }
  void handshake() {
    see(tcp(kNear, kFar, wire::kTcpSyn), base::Duration::milliseconds(0));
    see(tcp(kFar, kNear, wire::kTcpSyn | wire::kTcpAck), base::Duration::milliseconds(1));
    see(tcp(kNear, kFar, wire::kTcpAck), base::Duration::milliseconds(2));
  }
  FlowTable table;
  std::vector<record::FlowRecord> out;
};

}  // namespace holter::flow::test
