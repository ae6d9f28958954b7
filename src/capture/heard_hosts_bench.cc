// What it costs a frame to be looked at for a sign of life, beside the decoding that it needs anyway: without anybody
// who is waited for, with some, and with very many; from a host that is waited for, and from one that is not.
#include <benchmark/benchmark.h>

#include "capture/heard_hosts.h"
#include "capture/pipeline.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

constexpr std::size_t kFrames = 64;
const base::IpAddress kKnown = base::IpAddress::v4(0x0a000007);
const base::IpAddress kStranger = base::IpAddress::v4(0x0a630007);

std::vector<AwaitedHost> hosts(std::int64_t count) {
  std::vector<AwaitedHost> all;
  for (std::int64_t i = 0; i < count; ++i) {
    all.push_back({base::IpAddress::v4(0x0a000007 + static_cast<std::uint32_t>(i)), base::Duration::seconds(1)});
  }
  return all;
}

// The whole of what a capture does with a frame, conversations included.
void pipeline(benchmark::State& state, const base::IpAddress& source) {
  Pipeline pipeline({.interface = "eth0", .recorded = {.packets_per_second = 0}});
  pipeline.begin_source(wire::kArphrdEther, {});
  pipeline.heard_hosts().await(hosts(state.range(0)));
  const auto bytes = wire::test::udp_frame({source, 1'000}, {wire::test::kB4, 53}, "question");
  env::Frame frame;
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  const std::vector<env::Frame> frames(kFrames, frame);
  std::vector<record::Record> records;
  for (auto _ : state) {
    pipeline.process(frames, records);
    benchmark::DoNotOptimize(pipeline.heard_hosts().heard_somebody());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrames));
}

BENCHMARK_CAPTURE(pipeline, host, kKnown)->Arg(0)->Arg(10)->Arg(20'000);
BENCHMARK_CAPTURE(pipeline, stranger, kStranger)->Arg(0)->Arg(10)->Arg(20'000);

}  // namespace
}  // namespace holter::capture
