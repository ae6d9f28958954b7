// What it costs a frame to be looked at for a probe's, beside all else that a capture does with it: while nothing is
// awaited, while probes are whose ports are others, and as a probe's own packet.
#include <benchmark/benchmark.h>

#include "capture/pipeline.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

constexpr std::size_t kFrames = 64;
constexpr std::uint16_t kFirstPort = 50'000;
const base::Endpoint kResolver{wire::test::kB4, 53};

void await(Pipeline& pipeline, std::int64_t count) {
  const auto run = std::make_shared<const record::ProbeRun>(record::ProbeRun{1, "resolver", record::ProbeKind::dns});
  for (std::int64_t i = 0; i < count; ++i) {
    record::AwaitedPackets awaited;
    awaited.run = run;
    awaited.ip_protocol = record::kUdpProtocol;
    awaited.remote = kResolver;
    awaited.local_port = static_cast<std::uint16_t>(kFirstPort + i);
    awaited.until = base::PacketTime::max();
    pipeline.probe_packets().await(std::move(awaited), {});
  }
}

void pipeline(benchmark::State& state, std::uint16_t port) {
  Pipeline pipeline({.interface = "eth0", .recorded = {.packets_per_second = 0}});
  pipeline.begin_source(wire::kArphrdEther, {});
  await(pipeline, state.range(0));
  const auto bytes = wire::test::udp_frame({wire::test::kA4, port}, kResolver, "question");
  env::Frame frame;
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  frame.direction = env::FrameDirection::outgoing;
  const std::vector<env::Frame> frames(kFrames, frame);
  std::vector<record::Record> records;
  for (auto _ : state) {
    pipeline.process(frames, records);
    benchmark::DoNotOptimize(pipeline.probe_packets().saw_something());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrames));
}

BENCHMARK_CAPTURE(pipeline, stranger, std::uint16_t{3'000})->Arg(0)->Arg(10)->Arg(1'000);
BENCHMARK_CAPTURE(pipeline, probe, kFirstPort)->Arg(10)->Arg(1'000);

}  // namespace
}  // namespace holter::capture
