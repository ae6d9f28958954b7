#include "flow/flow_key.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "flow/test_bed.h"
#include "wire/network/icmp.h"

namespace holter::flow {
namespace {

using test::Bed;
using test::decoded;
using test::kFar;
using test::kNear;
using wire::test::kA4;
using wire::test::kA6;
using wire::test::kB4;
using wire::test::kB6;

wire::Packet icmp(const base::IpAddress& from, const base::IpAddress& to, std::uint8_t type, std::uint8_t code = 0) {
  base::ByteWriter out;
  const wire::IcmpEchoHeader header{type, code, 0, 0};
  if (!from.is_v4()) {
    header.emit(out, {}, from, to);
    return decoded(wire::test::ip_frame(from, to, wire::kIpprotoIcmpv6, out.view()));
  }
  header.emit(out, {});
  return decoded(wire::test::ip_frame(from, to, wire::kIpprotoIcmp, out.view()));
}

TEST(FlowKey, BothDirectionsHaveOne) {
  const auto forth = key_of(test::udp(kNear, kFar));
  const auto back = key_of(test::udp(kFar, kNear));
  EXPECT_EQ(forth->key, back->key);
  EXPECT_NE(forth->low_sends, back->low_sends);
}

TEST(FlowKey, EveryTagCounts) {
  const auto plain = wire::test::udp_frame(kNear, kFar, "x");
  const auto one = wire::test::tagged(plain, wire::kEthertypeVlan, 7);
  std::vector<wire::test::FrameBytes> frames{plain, one, wire::test::tagged(plain, wire::kEthertypeVlan, 8),
                                             wire::test::tagged(one, wire::kEthertypeQinq, 7),
                                             wire::test::tagged(one, wire::kEthertypeQinq, 9)};
  frames.push_back(wire::test::tagged(frames[3], wire::kEthertypeQinq, 7));
  Bed bed;
  for (const auto& frame : frames) bed.see(decoded(frame), base::Duration::zero());
  EXPECT_EQ(bed.table.size(), frames.size());
  bed.see(decoded(wire::test::tagged(plain, wire::kEthertypeVlan, 0xe007)), base::Duration::zero());
  EXPECT_EQ(bed.table.size(), frames.size()) << "the priority is no part of the VLAN";
}

TEST(FlowKey, TunnelsAreApart) {
  wire::Packet inner = test::udp(kNear, kFar);
  inner.tunnels = 1;
  inner.tunnel = wire::Protocol::vxlan;
  inner.tunnel_ends = 77;
  inner.tunnel_id = 5;
  Bed bed;
  bed.see(test::udp(kNear, kFar), base::Duration::zero());
  bed.see(inner, base::Duration::zero());
  inner.tunnel_ends = 78;
  bed.see(inner, base::Duration::zero());
  EXPECT_EQ(bed.table.size(), 3u);
  bed.table.end_all(bed.out);
  EXPECT_EQ(bed.out[0].tunnel, "");
  EXPECT_EQ(bed.out[1].tunnel, "vxlan");
  EXPECT_EQ(bed.out[1].tunnel_id, 5u);
}

TEST(FlowKey, QuestionsOfIcmpPairWithTheirAnswers) {
  struct Case {
    base::IpAddress a, b;
    std::uint8_t question, answer;
  };
  for (const Case& row : {Case{kA4, kB4, 8, 0},
                          {kA4, kB4, 13, 14},
                          {kA4, kB4, 17, 18},
                          {kA6, kB6, 128, 129},
                          {kA6, kB6, 135, 136},
                          {kA6, kB6, 133, 134}}) {
    Bed bed;
    bed.see(icmp(row.b, row.a, row.answer), base::Duration::zero());  // the question was missed
    bed.see(icmp(row.a, row.b, row.question), base::Duration::zero());
    ASSERT_EQ(bed.table.size(), 1u);
    const record::FlowRecord flow = bed.table.top(1).at(0);
    EXPECT_EQ(flow.initiator, to_string(row.a));
    EXPECT_EQ(flow.initiator_port, row.question * 256);
    EXPECT_EQ(flow.responder_port, row.answer * 256);
    EXPECT_EQ(flow.responder_packets, 1u);
  }
}

TEST(FlowKey, OtherMessagesOfIcmpGoOneWay) {
  Bed bed;
  bed.see(icmp(kA4, kB4, 3, 1), base::Duration::zero());
  bed.see(icmp(kB4, kA4, 3, 1), base::Duration::zero());
  bed.see(icmp(kA4, kB4, 3, 3), base::Duration::zero());
  bed.see(icmp(kA4, kB4, 8, 5), base::Duration::zero());
  EXPECT_EQ(bed.table.size(), 4u);
  bed.table.end_all(bed.out);
  EXPECT_EQ(bed.out[0].initiator_port, 3 * 256 + 1);
  EXPECT_EQ(bed.out[0].responder_port, 0);
  EXPECT_EQ(bed.out[3].initiator_port, 8 * 256 + 5);
}

}  // namespace
}  // namespace holter::flow
