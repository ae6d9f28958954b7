// What a filter costs a packet that is decoded: three typical ones over a mix of traffic, and compiling.
#include <benchmark/benchmark.h>

#include <array>

#include "filter/packet_filter.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::filter {
namespace {

using wire::test::kA4;
using wire::test::kA6;
using wire::test::kB4;
using wire::test::kB6;

constexpr std::string_view kOneTest = "tcp.dst_port == 443";
constexpr std::string_view kThreeConditions = "ipv4.src == 10.0.0.0/8 and tcp.dst_port in {443, 8443} and not vlan";
constexpr std::string_view kEitherSide = "host in {192.0.2.1, 198.51.100.0/24, 2001:db8::/32} and port != 53";

std::array<wire::Packet, 8> traffic() {
  const auto decoded = [](const wire::test::FrameBytes& frame) {
    return wire::decode(frame, static_cast<std::uint32_t>(frame.size()), wire::LinkType::ethernet);
  };
  const auto ten = base::IpAddress::v4({10, 1, 2, 3});
  return {decoded(wire::test::tcp_frame({kA4, 50'000}, {kB4, 443}, wire::kTcpAck)),
          decoded(wire::test::tcp_frame({ten, 50'001}, {kB4, 443}, wire::kTcpAck)),
          decoded(wire::test::tcp_frame({ten, 50'002}, {kB4, 80}, wire::kTcpAck)),
          decoded(wire::test::udp_frame({kA4, 50'003}, {kB4, 53}, "question")),
          decoded(wire::test::tcp_frame({kA6, 50'004}, {kB6, 443}, wire::kTcpAck)),
          decoded(wire::test::udp_frame({kB6, 443}, {kA6, 50'005}, "answer")),
          decoded(wire::test::echo_frame(kA4, kB4, false, 1, 2)),
          decoded(wire::test::tagged(wire::test::udp_frame({ten, 1}, {kB4, 53}, "x"), wire::kEthertypeVlan, 5))};
}

void match(benchmark::State& state, std::string_view text) {
  const auto filter = PacketFilter::compile(text).value();
  const auto packets = traffic();
  std::size_t at = 0;
  for (auto _ : state) benchmark::DoNotOptimize(filter.matches(packets[at++ % packets.size()]));
  state.SetItemsProcessed(state.iterations());
}

void compile(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(PacketFilter::compile(kThreeConditions));
}

BENCHMARK_CAPTURE(match, one_test, kOneTest);
BENCHMARK_CAPTURE(match, three_conditions, kThreeConditions);
BENCHMARK_CAPTURE(match, either_side, kEitherSide);
BENCHMARK(compile);

}  // namespace
}  // namespace holter::filter
