// What decoding a frame costs, per protocol, checksums included. Small payloads, so that the headers are what is timed;
// the last case is a full-size segment, which the checksum dominates.
#include <benchmark/benchmark.h>

#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::wire {
namespace {

void decode_frame(benchmark::State& state, const test::FrameBytes& frame) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(decode(frame, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet));
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size()));
}

BENCHMARK_CAPTURE(decode_frame, udp_ipv4, test::udp_frame({test::kA4, 1}, {test::kB4, 53}, "question"));
BENCHMARK_CAPTURE(decode_frame, tcp_syn_ipv6, test::tcp_frame({test::kA6, 1}, {test::kB6, 443}, kTcpSyn));
BENCHMARK_CAPTURE(decode_frame, echo_ipv4, test::echo_frame(test::kA4, test::kB4, false, 1, 2));
BENCHMARK_CAPTURE(decode_frame, qinq_udp,
                  test::tagged(test::tagged(test::udp_frame({test::kA4, 1}, {test::kB4, 53}, "question"),
                                            kEthertypeVlan, 5),
                               kEthertypeQinq, 6));
BENCHMARK_CAPTURE(decode_frame, tcp_1460_bytes,
                  test::tcp_frame({test::kA4, 1}, {test::kB4, 443}, kTcpAck, std::string(1'460, 'x')));

}  // namespace
}  // namespace holter::wire
